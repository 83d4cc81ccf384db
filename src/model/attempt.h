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
#include "model/cost.h"

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

// Why an agent that asks a model could not do its work, told apart because the answers differ.
enum class AgentFailure {
  rate_limit,        // too much at once: wait, or another agent
  quota,             // nothing is left for a long time, or no money: another agent
  overload,          // the provider cannot serve at the moment: wait, or another agent
  auth,              // the key is missing, wrong or not allowed to do this: another agent
  bad_request,       // the provider refuses what we ask: a wrong model, a wrong setting: another agent
  context_too_long,  // the work does not fit into the model: another agent
  refusal,           // the model will not do it: another agent
  network,           // no connection, or it was cut: wait, or another agent
  silence,           // nothing was heard of it for its idle limit
  nonsense,          // what it answers cannot be understood
  turns,             // it used up its turns
  denied,            // it was not allowed to use a tool that it needed
  unavailable,       // its program is not installed, or does not run
};
// Whether the same agent may well do it if it is asked again.
[[nodiscard]] constexpr bool may_pass(AgentFailure failure) {
  return failure == AgentFailure::rate_limit || failure == AgentFailure::overload ||
         failure == AgentFailure::network || failure == AgentFailure::silence ||
         failure == AgentFailure::nonsense || failure == AgentFailure::turns;
}

// Who did a prompt, and what it took.
struct AgentUse {
  std::string agent;    // its name in the workflow
  std::string model;    // that answered, where it says so; else the one that was asked for
  std::string session;  // the program's own name for the conversation, by which it can be resumed
  std::optional<int> turns;
  std::optional<AgentFailure> failure;
  // How long the provider said to wait before it is asked again.
  std::optional<Duration> retry_after;
  bool can_go_on = false;  // what it left in its snapshot is worth going on from
  Cost cost;
};

// What an attempt used. Processes that it left behind count up to the moment they were ended.
struct Usage {
  Duration wall{};
  Duration user_cpu{};
  Duration system_cpu{};
  // Bytes: the largest single process. None where the kernel cannot tell: of a program that never used more
  // than fleet itself, and ended before it was looked at or started others (os/program.h).
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
  std::optional<AgentUse> agent;  // of a task with a prompt
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
  std::vector<std::string>
      unmergeable{};  // of the paths, those whose content is binary or too large to merge
};

}  // namespace fleet::model

namespace fleet {
FLEET_ENUM_NAMES(model::TaskState, "waiting", "ready", "running", "backing-off", "asking", "done", "failed",
                 "skipped", "cancelled");
FLEET_ENUM_NAMES(model::AgentFailure, "rate-limit", "quota", "overload", "auth", "bad-request",
                 "context-too-long", "refusal", "network", "silence", "nonsense", "turns", "denied",
                 "unavailable");
FLEET_ENUM_NAMES(model::Verdict, "done", "no-change", "blocked", "failed", "timed-out", "cancelled",
                 "interrupted");
}  // namespace fleet
