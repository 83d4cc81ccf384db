#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/enum_names.h"
#include "base/ids.h"
#include "model/attempt.h"
#include "model/plan.h"

// Everything that can happen to a run. The journal is the list of these; the state of a run is their fold, so
// a value here must hold all that the scheduler needs and nothing that it could not read back.
namespace fleet::engine {

// Counts what a run handed out, from 1: each attempt that it started and each result that it offered. An
// answer with a serial that is no longer the task's is late or doubled, and changes nothing.
using Serial = std::uint32_t;

enum class TimerKind { backoff, run_limit, grace, circuit };

// One request of an attempt to a model. An attempt makes them one after the other.
struct Call {
  TaskIndex task;
  Serial serial = 0;         // of the attempt
  std::uint32_t number = 0;  // within the attempt, from 1
};

struct TimerId {
  TimerKind kind = TimerKind::backoff;
  TaskIndex task;     // of a backoff
  Serial serial = 0;  // of a backoff: the attempt that failed; of the run's: which setting of the timer
  auto operator<=>(const TimerId&) const = default;
};

enum class StopReason {
  signal,    // somebody ended us: the run can be resumed
  duration,  // limits.duration: the run can be resumed under a higher limit
  failures,  // limits.stop-when-failed
  decision,  // a person, or `otherwise`, said abort
  cost,      // limits.cost: the run can be resumed under a higher limit
};

// A task that an earlier run, with another plan, has begun, and this one goes on with.
struct Begun {
  TaskIndex task;
  bool done = false;          // its result may be there to be kept
  bool rollback_due = false;  // it was cut off before its rollback ran
};
struct RunStarted {
  std::uint64_t seed = 0;  // of the jitter
  std::vector<Begun> begun{};
};
// The process is a new one: what it had under way when the last one ended is cut off. Limits may have
// changed.
struct RunResumed {
  model::Settings settings;
  bool retry_failed = false;
};
struct ConditionEvaluated {
  TaskIndex task;
  bool holds = false;
  std::string error;  // the condition could not be evaluated: the task fails with this
};
struct AttemptStarted {
  TaskIndex task;
  Serial serial = 0;
  model::ProcessIdentity process;
};
struct AttemptFinished {
  TaskIndex task;
  Serial serial = 0;
  model::Outcome outcome;
};
// Of a run with limits.cost: a running attempt wants to ask a model. It does so when GrantCall is out.
struct CallRequested {
  Call call;
  double most = 0;  // USD: what it costs at worst
};
struct CallSettled {
  Call call;
  double usd = 0;  // what it did cost, or was reserved for it where nobody knows
};
struct TimerFired {
  TimerId timer;
};
struct Merged {
  TaskIndex task;
  Serial serial = 0;
  std::vector<model::Conflict>
      overridden;     // with the strategy `priority`: paths where the earlier task's version stands
  std::string error;  // it could not be integrated at all (disk, a damaged repository): the task fails
};
struct Conflicted {
  TaskIndex task;  // whose result was offered
  Serial serial = 0;
  // With what is integrated. Either this task loses in all of them, or those that lose do so because of it.
  std::vector<model::Conflict> conflicts;
};
struct Decided {
  std::optional<TaskIndex> task;  // none: about the run
  model::FailureAnswer answer = model::FailureAnswer::abort;
  bool by_person = false;
};
struct CancelRequested {
  TaskIndex task;
};
struct StopRequested {
  StopReason reason = StopReason::signal;
};
struct Published {
  std::string branch;  // empty: none was written
  ObjectId commit;
  std::string error;  // why nothing could be delivered
  // With the strategy `priority`: where results gave way in the end.
  std::vector<model::Conflict> overridden{};
};

using Input = std::variant<RunStarted, RunResumed, ConditionEvaluated, AttemptStarted, AttemptFinished,
                           CallRequested, CallSettled, TimerFired, Merged, Conflicted, Decided,
                           CancelRequested, StopRequested, Published>;

// Whether an input can belong to a run of a plan with so many tasks: what was read from a journal is checked
// with it before the scheduler, which takes it for granted, sees it.
[[nodiscard]] bool fits_plan(const Input& input, std::size_t tasks);

}  // namespace fleet::engine

namespace fleet {
FLEET_ENUM_NAMES(engine::TimerKind, "backoff", "run-limit", "grace", "circuit");
FLEET_ENUM_NAMES(engine::StopReason, "signal", "duration", "failures", "decision", "cost");
}  // namespace fleet
