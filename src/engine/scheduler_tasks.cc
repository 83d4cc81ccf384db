#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "engine/backoff.h"
#include "engine/scheduler.h"

// How one task moves, and what that means for those that need it.
namespace fleet::engine {

using model::RunEventKind;
using model::TaskState;
using model::Verdict;

bool Scheduler::is_settled(TaskIndex index) const {
  const Phase phase = at(index).phase;
  return phase == Phase::done || phase == Phase::failed || phase == Phase::skipped ||
         phase == Phase::cancelled;
}

// Counts anew what a task waits for. A task that a conflict put before it counts only until it is settled.
void Scheduler::recount(TaskIndex index) {
  Task& task = at(index);
  task.open = task.bad = 0;
  for (const TaskIndex need : plan_.graph.needs(index)) {
    if (!is_settled(need)) {
      ++task.open;
    } else if (at(need).phase != Phase::done) {
      ++task.bad;
    }
  }
  for (const TaskIndex need : task.after)
    task.open += is_settled(need) ? 0 : 1;
}

std::string Scheduler::why_not(TaskIndex need) const {
  switch (at(need).phase) {
    case Phase::failed:
      return fmt::format("needs {}, which failed", id(need));
    case Phase::cancelled:
      return fmt::format("needs {}, which was cancelled", id(need));
    default:
      return fmt::format("needs {}, which was skipped", id(need));
  }
}

// Lets a waiting task go on as far as its needs allow.
void Scheduler::reconsider(TaskIndex index) {
  Task& task = at(index);
  if (task.phase != Phase::waiting) return;
  const model::PlannedTask& planned = plan_.task(index);
  if (task.bad > 0 && !planned.runs_after_failure) {
    const auto needs = plan_.graph.needs(index);
    const TaskIndex cause = *std::find_if(needs.begin(), needs.end(), [this](TaskIndex need) {
      return is_settled(need) && at(need).phase != Phase::done;
    });
    const bool by_condition =
        at(cause).phase == Phase::skipped && at(cause).skip_cause == SkipCause::condition;
    task.skip_cause = by_condition ? SkipCause::condition : SkipCause::failure;
    settle(index, Phase::skipped, why_not(cause));
  } else if (is_ending() || task.open > 0) {
    return;
  } else if (planned.spec.condition) {
    task.phase = Phase::conditioning;
    ++conditioning_;
    step_.actions.push_back(EvaluateCondition{index, need_results(index)});
  } else {
    make_ready(index);
  }
}

// What was under way came to nothing: from the start, as far as the task's needs allow.
void Scheduler::begin_again(TaskIndex index) {
  at(index).phase = Phase::waiting;
  at(index).discard = false;
  recount(index);
  reconsider(index);
}

void Scheduler::make_ready(TaskIndex index) {
  if (!at(index).ask_first.empty()) {
    ask(index);
    return;
  }
  at(index).phase = Phase::ready;
  ready_.add(index);
  emit(RunEventKind::task_ready, index);
}

void Scheduler::dispatch() {
  if (!started_ || stopping_ || asking_ || finished_ || publishing_) return;
  while (const std::optional<TaskIndex> next = ready_.take())
    start(*next);
}

void Scheduler::start(TaskIndex index) {
  Task& task = at(index);
  task.phase = Phase::running;
  task.serial = ++last_serial_;
  task.stop_sent = false;
  task.attempt = task.ended + 1;
  task.from = results_below(index);
  task.reason.clear();
  step_.actions.push_back(
      StartAttempt{index, task.serial, task.attempt, task.from, need_results(index), task.feedback});
  emit(RunEventKind::attempt_started, index).attempt = task.attempt;
}

std::vector<NeedResult> Scheduler::need_results(TaskIndex index) const {
  std::vector<NeedResult> results;
  for (const TaskIndex need : plan_.graph.needs(index)) {
    results.push_back({need, task(need).state, at(need).outputs});
  }
  return results;
}

// The results of all that a task stands on: those of its needs, and what they started from.
ResultSet Scheduler::results_below(TaskIndex index) const {
  static const ResultSet kNone = std::make_shared<const std::vector<TaskIndex>>();
  ResultSet all = kNone;
  const auto include = [&all](const std::vector<TaskIndex>& more, const ResultSet& shared) {
    if (more.empty() || std::includes(all->begin(), all->end(), more.begin(), more.end())) return;
    if (all->empty() && shared) {
      all = shared;
      return;
    }
    std::vector<TaskIndex> both;
    std::set_union(all->begin(), all->end(), more.begin(), more.end(), std::back_inserter(both));
    all = std::make_shared<const std::vector<TaskIndex>>(std::move(both));
  };
  const auto include_need = [&](TaskIndex need) {
    const Task& other = at(need);
    if (other.from) include(*other.from, other.from);
    if (other.phase == Phase::done && !other.snapshot.is_none()) include({need}, nullptr);
  };
  for (const TaskIndex need : plan_.graph.needs(index))
    include_need(need);
  for (const TaskIndex need : at(index).after)
    include_need(need);
  return all;
}

void Scheduler::after_failure(TaskIndex index, const model::Outcome& outcome) {
  Task& task = at(index);
  ++task.ended;
  ++task.failures;
  task.feedback = outcome.feedback;
  const model::PlannedTask& planned = plan_.task(index);
  const bool may_retry = outcome.verdict != Verdict::blocked && task.failures <= planned.retries.value;
  if (!may_retry) {
    settle(index, Phase::failed, outcome.reason);
    return;
  }
  const model::Retry retry = planned.spec.retry.value_or(model::Retry{});
  task.phase = Phase::backing_off;
  task.reason = outcome.reason;
  task.until = now_ + backoff(retry, task.failures, seed_, index);
  step_.actions.push_back(SetTimer{{TimerKind::backoff, index, task.serial}, task.until});
  emit(RunEventKind::task_backing_off, index, outcome.reason).until = task.until;
}

void Scheduler::after_interruption(TaskIndex index) {
  at(index).process = {};
  must_ask(index, "it was cut off, and what it did outside git cannot be taken back");
  if (at(index).discard) {
    begin_again(index);
  } else {
    make_ready(index);
  }
}

// From here on only a person can say that the task may begin again, if it is marked `once: true`.
void Scheduler::must_ask(TaskIndex index, std::string why) {
  if (plan_.task(index).spec.once) at(index).ask_first = std::move(why);
}

void Scheduler::ask(TaskIndex index) {
  Task& task = at(index);
  task.phase = Phase::asking;
  task.reason = task.ask_first;
  const auto& failed = settings_.ask_when_failed.value;
  step_.actions.push_back(Ask{index,
                              fmt::format("{} is marked `once: true` and has begun before: {}. Run it again?",
                                          id(index), task.reason),
                              failed ? failed->otherwise : model::FailureAnswer::abort});
  emit(RunEventKind::task_asking, index, task.reason);
}

void Scheduler::decide_task(TaskIndex index, model::FailureAnswer answer) {
  Task& task = at(index);
  emit(RunEventKind::decided, index, std::string(base::name_of(answer)));
  switch (answer) {
    case model::FailureAnswer::retry:
      task.ask_first.clear();
      begin_again(index);
      break;
    case model::FailureAnswer::skip:
      task.skip_cause = SkipCause::decision;
      settle(index, Phase::skipped, "skipped by decision");
      break;
    case model::FailureAnswer::abort:
      stop(StopReason::decision);
      stop_attempts(Verdict::cancelled, false);
      break;
  }
}

// Hands a result in to be integrated; until the answer, those that need it wait.
void Scheduler::offer(TaskIndex index) {
  Task& task = at(index);
  task.phase = Phase::merging;
  ++merging_;
  step_.actions.push_back(Merge{index, task.serial, task.base, task.snapshot,
                                settings_.conflicts.value == model::ConflictStrategy::priority});
}

// A chain of a hundred thousand tasks may be skipped because its first one failed: so a list, and no
// recursion.
void Scheduler::settle(TaskIndex index, Phase phase, std::string reason) {
  FLEET_ASSERT(!is_settled(index), "a task was settled twice");
  Task& task = at(index);
  task.phase = phase;
  task.reason = std::move(reason);
  ++settled_;
  if (phase == Phase::failed) ++failed_;
  emit(phase == Phase::done      ? RunEventKind::task_done
       : phase == Phase::failed  ? RunEventKind::task_failed
       : phase == Phase::skipped ? RunEventKind::task_skipped
                                 : RunEventKind::task_cancelled,
       index, task.reason);
  for (const TaskIndex dependent : plan_.graph.dependents(index)) {
    --at(dependent).open;
    if (phase != Phase::done) ++at(dependent).bad;
  }
  for (const TaskIndex dependent : task.before)
    --at(dependent).open;
  for_each_dependent(index, [this](TaskIndex dependent) { touched_.push_back(dependent); });
  if (phase == Phase::failed) check_failures();
  if (touching_) return;
  touching_ = true;
  for (std::size_t i = 0; i < touched_.size(); ++i)
    reconsider(touched_[i]);
  touched_.clear();
  touching_ = false;
}

void Scheduler::unsettle(TaskIndex index) {
  FLEET_ASSERT(is_settled(index), "a task that was not settled was taken back");
  if (at(index).phase == Phase::failed) --failed_;
  --settled_;
  at(index).phase = Phase::waiting;
  for_each_dependent(index, [this](TaskIndex dependent) { recount(dependent); });
}

}  // namespace fleet::engine
