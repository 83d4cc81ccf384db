#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/input.h"
#include "model/report.h"

// What the scheduler wants done. Released only after the inputs that led to them are in the journal.
namespace fleet::engine {

// What a task may know of one that it needs.
struct NeedResult {
  TaskIndex task;
  model::TaskState state = model::TaskState::done;
  std::map<std::string, std::string> outputs;
};

// The tasks whose results a workspace starts from, in plan order. Shared between tasks that start from the
// same.
using ResultSet = std::shared_ptr<const std::vector<TaskIndex>>;

// Ask whether the task's `if` holds; answered by ConditionEvaluated.
struct EvaluateCondition {
  TaskIndex task;
  std::vector<NeedResult> needs;
};
// Answered by AttemptStarted, where a program is started, and by AttemptFinished.
struct StartAttempt {
  TaskIndex task;
  Serial serial = 0;
  int attempt = 1;  // what the task sees as FLEET_ATTEMPT
  ResultSet from;
  std::vector<NeedResult> needs;
  std::string feedback;    // what the attempt before left for this one
  std::uint32_t link = 0;  // of a prompt: which of its links does it
  // Of a prompt: the commit that holds what the attempt before left, to go on from; none: from the start.
  ObjectId go_on{};
  // The attempt before was cut off, by a crash or in a hurry, and its task's `rollback` has not run yet.
  bool rollback_first = false;
  // It is marked `once: true`, and an earlier run had finished it: that result is taken over, or the attempt
  // ends as blocked.
  bool only_kept = false;
  int retries_left = 0;  // how often the task would run again if this attempt failed
  // The run has limits.cost: each of its requests to a model is asked for by CallRequested before it is made.
  bool metered = false;
};
// Make the call that was asked for; answered by CallSettled, or by the attempt's end. A call that does not
// fit is never granted, and its attempt is stopped.
struct GrantCall {
  Call call;
};
// End a running attempt; it still answers with AttemptFinished.
struct StopAttempt {
  TaskIndex task;
  Serial serial = 0;
  model::Verdict as = model::Verdict::interrupted;  // or cancelled
  bool hurry = false;                               // KILL at once
};
// Integrate a result; answered by Merged or Conflicted.
struct Merge {
  TaskIndex task;
  Serial serial = 0;
  ResultSet from;  // what it started from
  ObjectId base;
  ObjectId snapshot;
  bool earlier_wins = false;  // where results clash, the task earlier in the plan stands
};
// Take results back, also those whose offer is under way; one that was not integrated has no effect. No
// answer.
struct Withdraw {
  std::vector<TaskIndex> tasks;
};
struct SetTimer {
  TimerId timer;
  TimePoint at{};
};
// Put a question to a person; answered by Decided.
struct Ask {
  std::optional<TaskIndex> task;  // none: about the run
  std::string question;
  model::FailureAnswer otherwise = model::FailureAnswer::abort;  // where nobody can be asked
};
// Write the run's branch from the accepted results; answered by Published.
struct Publish {
  std::vector<TaskIndex> accepted;  // in plan order
};
struct FinishRun {
  model::RunState state = model::RunState::finished;
  std::optional<StopReason> stopped;
};

using Action = std::variant<EvaluateCondition, StartAttempt, GrantCall, StopAttempt, Merge, Withdraw,
                            SetTimer, Ask, Publish, FinishRun>;

}  // namespace fleet::engine
