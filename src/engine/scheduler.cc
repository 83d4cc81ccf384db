#include "engine/scheduler.h"

#include <fmt/format.h>

#include <utility>

#include "base/assert.h"
#include "engine/backoff.h"

// The inputs, one by one. How a task moves: scheduler_tasks.cc; how the run ends: scheduler_run.cc.
namespace fleet::engine {

using model::RunEventKind;
using model::Verdict;

Scheduler::Scheduler(const model::Plan& plan)
    : plan_(plan),
      settings_(plan.settings),
      tasks_(plan.tasks.size()),
      breaker_(plan),
      ready_(plan, breaker_),
      marks_(plan.tasks.size()) {
  for (std::uint32_t i = 0; i < tasks_.size(); ++i)
    tasks_[i].open = static_cast<std::uint32_t>(plan_.graph.needs({i}).size());
}

Step Scheduler::handle(const Input& input, TimePoint now) {
  const bool resumes = std::holds_alternative<RunResumed>(input);
  if (finished_ && !resumes) return {};
  if (started_ && !resumes && now > now_) active_ += now - now_;
  // Within one process time never goes back. The next one may have another clock.
  now_ = resumes ? now : std::max(now, now_);
  step_ = {};
  std::visit([this](const auto& value) { on(value); }, input);
  grant_calls();
  offer_held();
  dispatch();
  finish_if_done();
  return std::move(step_);
}

void Scheduler::on(const RunStarted& input) {
  if (started_) return;
  started_ = true;
  seed_ = input.seed;
  ready_.set_parallel(settings_.parallel.value);
  budget_.set_cap(settings_.cost.value);
  emit(RunEventKind::run_started);
  set_run_limit();
  for (const Begun& begun : input.begun) {
    Task& task = at(begun.task);
    task.rollback_due = begun.rollback_due;
    if (begun.done) {
      task.only_kept = plan_.task(begun.task).spec.once;
    } else {
      must_ask(begun.task,
               "an earlier run did not finish it, and what it did outside git cannot be taken back");
    }
  }
  for (std::uint32_t i = 0; i < tasks_.size(); ++i)
    reconsider({i});
}

void Scheduler::on(const RunResumed& input) {
  if (!started_) return;
  settings_ = input.settings;
  ready_.set_parallel(settings_.parallel.value);
  budget_.close_all();
  budget_.set_cap(settings_.cost.value);
  emit(RunEventKind::run_resumed);
  if (input.retry_failed || !is_ending()) stopping_.reset();
  signalled_ = false;
  publishing_ = false;
  finished_.reset();
  set_run_limit();
  for (const TimePoint until : breaker_.go_on(now_))
    step_.actions.push_back(SetTimer{{TimerKind::circuit, {}, 0}, until});
  try_providers();
  // First the list: going on with one task may bring the next one into a phase that it was not in.
  std::vector<TaskIndex> under_way;
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    if (at({i}).phase != Phase::waiting && !is_settled({i})) under_way.push_back({i});
  }
  for (const TaskIndex index : under_way)
    go_on_with(index);
  asking_ = false;
  if (input.retry_failed) {
    failures_accepted_ = false;
    for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
      const Task& task = at({i});
      const bool tried = task.attempt > 0 && (task.phase == Phase::failed || task.phase == Phase::cancelled);
      if (tried) must_ask({i}, "it was tried, and did not succeed");
    }
    retry_failures();
  }
  check_failures();
  // Too many failures may have held tasks back, and no longer do so.
  for (std::uint32_t i = 0; i < tasks_.size(); ++i)
    reconsider({i});
}

void Scheduler::on(const ConditionEvaluated& input) {
  if (at(input.task).phase != Phase::conditioning) return;
  --conditioning_;
  if (at(input.task).discard) {
    begin_again(input.task);
  } else if (!input.error.empty()) {
    settle(input.task, Phase::failed, input.error);
  } else if (!input.holds) {
    settle(input.task, Phase::skipped, "its `if` does not hold", EndCause::condition);
  } else {
    make_ready(input.task);
  }
}

void Scheduler::on(const AttemptStarted& input) {
  Task& task = at(input.task);
  if (task.phase == Phase::running && task.serial == input.serial) task.process = input.process;
}

void Scheduler::on(const AttemptFinished& input) {
  Task& task = at(input.task);
  if (task.phase != Phase::running || task.serial != input.serial) return;
  const model::Outcome& outcome = input.outcome;
  ready_.release(input.task);
  budget_.close(input.serial, outcome.agent ? outcome.agent->cost.usd : std::nullopt);
  judge_provider(input.task, outcome);
  task.process = {};
  task.rollback_due = outcome.rollback_due;
  model::RunEvent& event = emit(RunEventKind::attempt_finished, input.task, outcome.reason);
  event.verdict = outcome.verdict;
  event.attempt = task.attempt;
  if (outcome.verdict == Verdict::done && event.message.empty()) event.message = outcome.summary;
  const bool by_itself = outcome.verdict != Verdict::interrupted && outcome.verdict != Verdict::cancelled;
  if (by_itself) ++task.ended;
  if (task.discard) {
    if (outcome.verdict == Verdict::done) undo_first(input.task);
    begin_again(input.task);
    return;
  }
  switch (outcome.verdict) {
    case Verdict::done:
      task.base = outcome.base;
      task.snapshot = outcome.snapshot;
      task.outputs = outcome.outputs;
      if (outcome.snapshot.is_none()) {
        settle(input.task, Phase::done, {});
      } else {
        offer(input.task);
      }
      break;
    case Verdict::cancelled:
      settle(input.task, Phase::cancelled, outcome.reason,
             task.cancel ? EndCause::decision : EndCause::failure);
      break;
    case Verdict::interrupted:
      // Only what we interrupt is free: what is cut off by itself could be so for ever.
      if (task.stop_sent) {
        after_interruption(input.task, kCutOff);
        break;
      }
      after_failure(input.task, outcome);
      break;
    case Verdict::blocked:
      if (task.only_kept) {
        task.ask_first = outcome.reason;
        after_interruption(input.task, outcome.reason);
        break;
      }
      [[fallthrough]];
    case Verdict::no_change:
    case Verdict::failed:
    case Verdict::timed_out:
      after_failure(input.task, outcome);
      break;
  }
}

void Scheduler::on(const CallRequested& input) {
  const Task& task = at(input.call.task);
  if (task.phase != Phase::running || task.serial != input.call.serial || task.stop_sent) return;
  budget_.request(input.call, input.most);
}

void Scheduler::on(const CallSettled& input) {
  budget_.settle(input.call, input.usd);
}

void Scheduler::on(const TimerFired& input) {
  switch (input.timer.kind) {
    case TimerKind::backoff: {
      Task& task = at(input.timer.task);
      if (task.phase == Phase::backing_off && task.serial == input.timer.serial) make_ready(input.timer.task);
      break;
    }
    case TimerKind::circuit:
      try_providers();
      break;
    case TimerKind::run_limit:
      if (input.timer.serial != timer_setting_) break;
      stop(StopReason::duration);
      stop_attempts(Verdict::interrupted, false);
      break;
    case TimerKind::grace:
      if (input.timer.serial == timer_setting_) stop_attempts(Verdict::interrupted, false);
      break;
  }
}

void Scheduler::on(const CancelRequested& input) {
  Task& task = at(input.task);
  if (is_settled(input.task) || finished_) return;
  task.cancel = true;
  switch (task.phase) {
    case Phase::running:
      if (!task.stop_sent) stop_attempt(input.task, Verdict::cancelled, false);
      break;
    case Phase::merging:
      break;  // as good as done, but should its result be taken back, it does not run again
    case Phase::ready:
      ready_.remove(input.task);
      settle(input.task, Phase::cancelled, "cancelled", EndCause::decision);
      break;
    case Phase::conditioning:
      --conditioning_;
      [[fallthrough]];
    default:
      settle(input.task, Phase::cancelled, "cancelled", EndCause::decision);
      break;
  }
}

void Scheduler::on(const Decided& input) {
  if (publishing_) return;
  if (input.task) {
    if (at(*input.task).phase == Phase::asking) decide_task(*input.task, input.answer);
    return;
  }
  if (!asking_ || is_ending()) return;
  asking_ = false;
  // Nobody there and told to retry: once. A second time the same would fail for ever.
  const bool again =
      !input.by_person && input.answer == model::FailureAnswer::retry && automatic_retries_++ > 0;
  const model::FailureAnswer answer = again ? model::FailureAnswer::abort : input.answer;
  emit(RunEventKind::decided, {}, std::string(base::name_of(answer)));
  switch (answer) {
    case model::FailureAnswer::retry:
      retry_failures();
      break;
    case model::FailureAnswer::skip:
      failures_accepted_ = true;
      break;
    case model::FailureAnswer::abort:
      stop(StopReason::decision);
      stop_attempts(Verdict::cancelled, false);
      break;
  }
}

void Scheduler::on(const StopRequested& input) {
  if (publishing_) return;  // there is nothing left to stop
  if (input.reason == StopReason::signal && signalled_) {
    stop_attempts(Verdict::interrupted, true);
    return;
  }
  stop(input.reason);
  if (input.reason != StopReason::signal) return;
  signalled_ = true;
  if (ready_.running() > 0) {
    step_.actions.push_back(SetTimer{{TimerKind::grace, {}, timer_setting_}, now_ + settings_.grace.value});
  }
}

void Scheduler::on(const Published& input) {
  if (!publishing_) return;
  published_ = input;
  if (!input.branch.empty()) delivered_ = input.commit;
}

}  // namespace fleet::engine
