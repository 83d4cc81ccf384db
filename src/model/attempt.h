#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/ids.h"
#include "base/object_id.h"
#include "base/time.h"

namespace fleet::model {

enum class TaskState { waiting, ready, running, backing_off, asking, done, failed, skipped, cancelled };

// What became of an attempt, judged from what happened, never from an exit code alone.
enum class Verdict {
  done,         // it did what was asked
  no_change,    // it had to change something and did not: counts as failed
  blocked,      // the agent says it cannot go on
  failed,       // a program failed, a check failed, a bound was broken
  timed_out,    // past its time limit
  cancelled,    // stopped by us: the run stops, or the task's start was withdrawn
  interrupted,  // cut off by a crash: uses up no retry
};

[[nodiscard]] constexpr bool is_final(TaskState state) {
  return state == TaskState::done || state == TaskState::failed || state == TaskState::skipped ||
         state == TaskState::cancelled;
}

// What an attempt used. Processes that it left behind count up to the moment they were ended.
struct Usage {
  Duration wall{};
  Duration user_cpu{};
  Duration system_cpu{};
  // Bytes: the largest single process. None where the kernel cannot tell: of a program that ended before it
  // was looked at and never used more than fleet itself (os/program.h).
  std::optional<std::uint64_t> peak_memory;
};

// A program of an attempt that ended.
struct ProgramEnd {
  std::string command;  // for people
  std::optional<int> exit_status;
  std::optional<int> signal;
};

// The result of one attempt: data, also when it failed.
struct Outcome {
  Verdict verdict = Verdict::failed;
  std::string reason;              // one line for people; empty when done
  std::string feedback;            // for the next attempt: what to mend; may be long
  std::string summary;             // what the agent says it did: `replaced 412 places in 118 files`
  ObjectId base;                   // the commit it started from; none when it never started
  ObjectId snapshot;               // the commit that holds its result; none when it changed nothing
  std::uint32_t changes = 0;       // changed paths
  std::vector<std::string> paths;  // the first hundred of them
  std::map<std::string, std::string> outputs;
  std::string key;  // what the result follows from: the same key, the same result (attempt/result_key.h)
  // Its task's `rollback` did not run to a good end: the next attempt runs it first.
  bool rollback_due = false;
  std::vector<ProgramEnd> programs;
  std::string output_head;  // of its programs' output, secrets masked; the whole is in `log`
  std::string output_tail;
  std::uint64_t output_size = 0;   // bytes
  std::string log;                 // relative to the run's folder; empty: no file has it all
  std::vector<std::string> notes;  // what the user should know: a bound that could not be held, ...
  Usage usage;
};

// A program or group of programs that a later process can recognise, and end, after a crash.
struct ProcessIdentity {
  std::int32_t pid = 0;          // also the process group
  std::uint64_t start_time = 0;  // field 22 of /proc/<pid>/stat: clock ticks since boot
};

// Two results that cannot both stand.
struct Conflict {
  TaskIndex loser;  // the later in plan order
  TaskIndex winner;
  std::vector<std::string> paths;
};

}  // namespace fleet::model

namespace fleet {
FLEET_ENUM_NAMES(model::TaskState, "waiting", "ready", "running", "backing-off", "asking", "done", "failed",
                 "skipped", "cancelled");
FLEET_ENUM_NAMES(model::Verdict, "done", "no-change", "blocked", "failed", "timed-out", "cancelled",
                 "interrupted");
}  // namespace fleet
