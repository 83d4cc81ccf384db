#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/enum_names.h"
#include "base/ids.h"
#include "base/time.h"
#include "model/attempt.h"

namespace fleet::model {

// What people and machines watch. Derived from the journal, stored beside it, never folded back into state.
enum class RunEventKind {
  run_started,
  run_resumed,
  task_ready,
  attempt_started,
  attempt_finished,
  task_backing_off,
  agent_paused,  // its provider cannot serve for now, and is asked by nobody
  task_asking,
  task_done,
  task_failed,
  task_skipped,
  task_cancelled,
  task_withdrawn,  // a result is taken back, or held back: a conflict decided against it
  conflict,
  decided,
  run_stopping,
  run_finished,
};

struct RunEvent {
  std::uint64_t sequence = 0;  // counts up from 1 within a run
  TimePoint at{};
  RunEventKind kind = RunEventKind::run_started;
  std::optional<TaskIndex> task;
  int attempt = 0;  // from 1; 0: none
  std::optional<Verdict> verdict;
  std::string message;             // one line: a reason, what was decided, which paths
  std::optional<TaskIndex> other;  // of a conflict: the winner
  std::optional<TimePoint> until;  // of a wait
};

}  // namespace fleet::model

namespace fleet {
FLEET_ENUM_NAMES(model::RunEventKind, "run-started", "run-resumed", "task-ready", "attempt-started",
                 "attempt-finished", "task-backing-off", "agent-paused", "task-asking", "task-done",
                 "task-failed", "task-skipped", "task-cancelled", "task-withdrawn", "conflict", "decided",
                 "run-stopping", "run-finished");
}
