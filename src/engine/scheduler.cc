#include "engine/scheduler.h"

#include <fmt/format.h>

#include "base/assert.h"
#include "engine/backoff.h"

// The inputs, one by one. How a task moves: scheduler_tasks.cc; how the run ends: scheduler_run.cc.
namespace fleet::engine {

using model::RunEventKind;
using model::Verdict;

bool must_be_durable(const Input& input) {
  return std::holds_alternative<AttemptFinished>(input) || std::holds_alternative<Decided>(input) ||
         std::holds_alternative<RunStarted>(input);
}

Scheduler::Scheduler(const model::Plan& plan)
    : plan_(plan), settings_(plan.settings), tasks_(plan.tasks.size()), ready_(plan) {}

Step Scheduler::handle(const Input& input, TimePoint now) {
  const bool resumes = std::holds_alternative<RunResumed>(input);
  if (started_ && !resumes && now > now_) active_ += now - now_;
  now_ = std::max(now, now_);
  step_ = {};
  std::visit([this](const auto& value) { on(value); }, input);
  dispatch();
  finish_if_done();
  return std::move(step_);
}

void Scheduler::on(const RunStarted& input) {
  if (started_) return;
  started_ = true;
  seed_ = input.seed;
  ready_.set_parallel(settings_.parallel.value);
  emit(RunEventKind::run_started);
  set_run_limit();
  for (std::uint32_t i = 0; i < tasks_.size(); ++i)
    recount({i});
  for (std::uint32_t i = 0; i < tasks_.size(); ++i)
    reconsider({i});
}

void Scheduler::on(const RunResumed& input) {
  if (!started_) return;
  settings_ = input.settings;
  ready_.set_parallel(settings_.parallel.value);
  emit(RunEventKind::run_resumed);
  if (input.retry_failed || !is_ending()) stopping_.reset();
  publishing_ = false;
  finished_.reset();
  set_run_limit();
  if (input.retry_failed) retry_failures();
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    const TaskIndex index{i};
    Task& task = at(index);
    task.stop_sent = false;
    switch (task.phase) {
      case Phase::running:
        ready_.release(index);
        after_interruption(index);
        break;
      case Phase::conditioning:
        --conditioning_;
        begin_again(index);
        break;
      case Phase::merging:
        --merging_;
        if (task.discard) {
          begin_again(index);
        } else {
          offer(index);
        }
        break;
      case Phase::backing_off:
        step_.actions.push_back(SetTimer{{TimerKind::backoff, index, task.serial}, task.until});
        break;
      case Phase::asking:
        ask(index);
        break;
      default:
        break;
    }
  }
  if (asking_) ask_about_failures();
}

void Scheduler::on(const ConditionEvaluated& input) {
  Task& task = at(input.task);
  if (task.phase != Phase::conditioning) return;
  --conditioning_;
  if (task.discard) {
    begin_again(input.task);
  } else if (!input.error.empty()) {
    settle(input.task, Phase::failed, input.error);
  } else if (!input.holds) {
    task.skip_cause = SkipCause::condition;
    settle(input.task, Phase::skipped, "its `if` does not hold");
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
  task.process = {};
  model::RunEvent& event = emit(RunEventKind::attempt_finished, input.task, outcome.reason);
  event.verdict = outcome.verdict;
  event.attempt = task.attempt;
  if (outcome.verdict == Verdict::done && event.message.empty()) event.message = outcome.summary;
  if (task.discard) {
    must_ask(input.task, "it was stopped because a task that it needs runs again");
    begin_again(input.task);
    return;
  }
  switch (outcome.verdict) {
    case Verdict::done:
      ++task.ended;
      task.base = outcome.base;
      task.snapshot = outcome.snapshot;
      task.outputs = outcome.outputs;
      if (outcome.snapshot.is_none()) {
        settle(input.task, Phase::done, {});
      } else {
        offer(input.task);
      }
      break;
    case Verdict::interrupted:
      after_interruption(input.task);
      break;
    case Verdict::cancelled:
      settle(input.task, Phase::cancelled, outcome.reason);
      break;
    case Verdict::no_change:
    case Verdict::blocked:
    case Verdict::failed:
    case Verdict::timed_out:
      after_failure(input.task, outcome);
      break;
  }
}

void Scheduler::on(const TimerFired& input) {
  switch (input.timer.kind) {
    case TimerKind::backoff: {
      Task& task = at(input.timer.task);
      if (task.phase == Phase::backing_off && task.serial == input.timer.serial) make_ready(input.timer.task);
      break;
    }
    case TimerKind::run_limit:
      if (input.timer.serial == timer_setting_ && !stopping_) {
        stop(StopReason::duration);
        stop_attempts(Verdict::interrupted, false);
      }
      break;
    case TimerKind::grace:
      if (input.timer.serial == timer_setting_) stop_attempts(Verdict::interrupted, false);
      break;
  }
}

void Scheduler::on(const Merged& input) {
  Task& task = at(input.task);
  if (task.phase != Phase::merging || task.serial != input.serial) return;
  --merging_;
  if (task.discard) {
    step_.actions.push_back(Withdraw{{input.task}});
    begin_again(input.task);
    return;
  }
  if (!input.error.empty()) {
    settle(input.task, Phase::failed, input.error);
    return;
  }
  for (const model::Conflict& conflict : input.overridden) {
    emit(RunEventKind::conflict, conflict.loser,
         fmt::format("{} stands; {} gives way in {}", id(conflict.winner), id(conflict.loser),
                     fmt::join(conflict.paths, ", ")))
        .other = conflict.winner;
  }
  settle(input.task, Phase::done, {});
}

void Scheduler::on(const CancelRequested& input) {
  Task& task = at(input.task);
  switch (task.phase) {
    case Phase::running:
      if (!task.stop_sent) {
        task.stop_sent = true;
        step_.actions.push_back(StopAttempt{input.task, task.serial, Verdict::cancelled, false});
      }
      break;
    case Phase::ready:
      ready_.remove(input.task);
      settle(input.task, Phase::cancelled, "cancelled");
      break;
    case Phase::waiting:
    case Phase::backing_off:
    case Phase::asking:
      settle(input.task, Phase::cancelled, "cancelled");
      break;
    default:
      break;  // merging or being asked about: it is as good as done; final: too late
  }
}

void Scheduler::on(const Decided& input) {
  if (input.task) {
    if (at(*input.task).phase == Phase::asking) decide_task(*input.task, input.answer);
    return;
  }
  if (!asking_ || stopping_) return;
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
  const bool again = stopping_ == StopReason::signal && input.reason == StopReason::signal;
  if (again) {
    stop_attempts(Verdict::interrupted, true);
    return;
  }
  stop(input.reason);
  if (input.reason == StopReason::signal && ready_.running() > 0) {
    step_.actions.push_back(SetTimer{{TimerKind::grace, {}, timer_setting_}, now_ + settings_.grace.value});
  }
}

void Scheduler::on(const Published& input) {
  if (!publishing_) return;
  published_ = input;
}

}  // namespace fleet::engine
