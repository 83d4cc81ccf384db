#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/object_id.h"
#include "base/time.h"
#include "model/attempt.h"
#include "model/report.h"
#include "model/run_event.h"

// The rows of the database as values. What each column means stands in schema.sql.
namespace fleet::store {

// One input of the scheduler. The payload is opaque to this room; sequences count up from 1 within a run.
struct JournalEntry {
  std::uint64_t sequence = 0;
  TimePoint at{};
  std::string payload;
};

// What a run keeps from its first moment to its last.
struct FrozenRun {
  std::string workflow_source;  // the whole file
  std::string plan;             // JSON, model/json.h
  std::string options;          // JSON: what the command line gave; opaque to this room
};

struct RunRow {
  std::string id;
  std::string workflow;       // its name
  std::string workflow_path;  // as the user named it
  ObjectId start;             // the commit it started from
  model::RunState state = model::RunState::running;
  std::string fleet_version;
  std::optional<model::ProcessIdentity> owner;  // the process that drives it, or drove it last
  std::string token;                            // for those who may answer its questions; may be empty
  TimePoint created{};
  TimePoint updated{};  // when it was heard of last
};

struct TaskRow {
  TaskIndex index;
  std::string id;
  std::string name;  // for people
  model::TaskState state = model::TaskState::waiting;
  std::string reason;       // why it is not done
  std::string result_json;  // the Outcome of its last attempt; empty until there is one
  TimePoint created{};
  TimePoint updated{};
};

// A task that changed. An empty result leaves the one that is there.
struct TaskUpdate {
  std::string id;
  model::TaskState state = model::TaskState::waiting;
  std::string reason;
  std::string result_json;
  TimePoint at{};
};

// An attempt: first as it starts, then once more, whole, as it ends.
struct AttemptRow {
  std::string task_id;
  int number = 0;                         // from 1
  std::optional<model::Verdict> verdict;  // absent: it runs
  std::string agent;                      // run, codemod, or the agent's name
  std::string reason;
  ObjectId base;
  ObjectId snapshot;
  model::ProcessIdentity process;  // pid 0: none
  TimePoint started{};
  std::optional<TimePoint> finished;
  std::string result_json;  // its Outcome; empty until it ended, or when nobody saw how
};

// One changed path of an attempt's snapshot. The content lies in git under its hash.
struct SnapshotRow {
  std::string task_id;
  int attempt = 0;
  std::string path;  // bytes
  ObjectId content;  // the blob; none: the path was removed
  TimePoint at{};
};

// A measured value: of an attempt, of a task (attempt 0), or of the whole run (no task).
struct MetricRow {
  std::string task_id;
  int attempt = 0;
  std::string name;  // `duration`, `cpu`, `peak_memory`, `changed_paths`, ...
  double value = 0;  // seconds, bytes or a count
  TimePoint at{};
};

struct NewRun {
  RunRow row;
  FrozenRun frozen;
  std::vector<TaskRow> tasks;
};

struct RunUpdate {
  model::RunState state = model::RunState::running;
  std::optional<model::ProcessIdentity> owner;  // absent: stays
  TimePoint at{};
  std::string token;  // empty: stays
};

// How much a commit must survive. Both survive a crash of the process, at any moment.
enum class Durability {
  normal,  // a power loss may take the last moments, whole batches from the end; nothing is torn
  full,    // on the disk, with all that was committed before it, when its callback is called
};

// What happened at one moment of one run; all of it is committed, or nothing. The tasks that its attempts,
// snapshots and metrics are of are those of `start` or `tasks`, or there already.
struct Batch {
  std::string run;
  std::optional<NewRun> start;  // the run's first batch
  std::optional<RunUpdate> update;
  std::vector<JournalEntry> journal;
  std::vector<model::RunEvent> events;
  std::vector<TaskUpdate> tasks;
  std::vector<AttemptRow> attempts;
  std::vector<SnapshotRow> snapshots;
  std::vector<MetricRow> metrics;
  Durability durability = Durability::normal;
};

}  // namespace fleet::store
