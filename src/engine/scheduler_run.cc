#include <fmt/format.h>

#include "base/assert.h"
#include "engine/scheduler.h"

// What concerns the run as a whole: too many failures, stopping, the end; and what others may see of it.
namespace fleet::engine {

using model::RunEventKind;
using model::RunState;
using model::TaskState;
using model::Verdict;

namespace {

std::string_view describe(StopReason reason) {
  switch (reason) {
    case StopReason::signal:
      return "told to stop; nothing new starts";
    case StopReason::duration:
      return "the run's time limit is reached";
    case StopReason::failures:
      return "too many tasks failed (limits.stop-when-failed); nothing new starts";
    case StopReason::decision:
      return "aborted by decision";
    case StopReason::cost:
      return "the run's limit on cost is reached";
  }
  return {};
}

}  // namespace

// What the last process had under way for a task is cut off: asked for again.
void Scheduler::go_on_with(TaskIndex index) {
  Task& task = at(index);
  switch (task.phase) {
    case Phase::running: {
      ready_.release(index);
      task.process = {};
      task.rollback_due = plan_.task(index).spec.rollback.has_value() && !task.only_kept;
      model::RunEvent& event = emit(RunEventKind::attempt_finished, index, "cut off");
      event.verdict = Verdict::interrupted;
      event.attempt = task.attempt;
      after_interruption(index, kCutOff);
      break;
    }
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
      // Where this process's clock is behind the last one's, the wait is not longer for it.
      task.until = std::min(task.until, now_ + task.wait);
      emit(RunEventKind::task_backing_off, index, task.reason).until = task.until;
      step_.actions.push_back(SetTimer{{TimerKind::backoff, index, task.serial}, task.until});
      break;
    case Phase::asking:
      ask(index);
      break;
    default:
      break;
  }
}

void Scheduler::check_failures() {
  if (stopping_ || failed_ == 0) return;
  const double share = static_cast<double>(failed_) / static_cast<double>(tasks_.size());
  const std::optional<double> most = settings_.stop_when_failed.value;
  const std::optional<model::AskWhenFailed>& ask = settings_.ask_when_failed.value;
  if (most && share > *most) {
    stop(StopReason::failures);
  } else if (ask && share >= ask->share && !asking_ && !failures_accepted_) {
    asking_ = true;
    ask_about_failures();
  }
}

void Scheduler::ask_about_failures() {
  const auto& ask = settings_.ask_when_failed.value;
  std::string question = fmt::format(
      "{} of {} tasks failed. Retry them, skip them and go on, or abort the run?", failed_, tasks_.size());
  emit(RunEventKind::task_asking, {}, question);
  step_.actions.push_back(Ask{{}, std::move(question), ask ? ask->otherwise : model::FailureAnswer::abort});
}

// Failed tasks get all their tries again, and what was skipped or cancelled because of them another chance.
// Plan order, so that what a task needs is decided about before it.
void Scheduler::retry_failures() {
  std::vector<TaskIndex> again;
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    const TaskIndex index{i};
    const Task& task = at(index);
    const bool void_now = task.phase == Phase::failed ||
                          (task.phase == Phase::cancelled && task.cause == EndCause::failure) ||
                          (task.phase == Phase::skipped && task.cause != EndCause::decision && task.open > 0);
    if (void_now) {
      unsettle(index);
      forget_results(at(index));
      emit(RunEventKind::task_withdrawn, index, "it gets another chance");
      again.push_back(index);
    } else if (task.open > 0 && (task.phase == Phase::ready || task.phase == Phase::conditioning ||
                                 task.phase == Phase::backing_off)) {
      start_over(index);  // it was to run after a failure, and is not to before the next try has ended
    }
  }
  for (const TaskIndex index : again)
    reconsider(index);
}

// What a signal or the time limit stops can be resumed, so a signal takes the place of too many failures
// (which a resume counts again); a decision to abort is final.
void Scheduler::stop(StopReason reason, std::string why) {
  const auto rank = [](StopReason of) {
    return of == StopReason::decision ? 2 : of == StopReason::signal ? 1 : 0;
  };
  if (stopping_ && rank(*stopping_) >= rank(reason)) return;
  stopping_ = reason;
  emit(RunEventKind::run_stopping, {}, why.empty() ? std::string(describe(reason)) : std::move(why));
}

// Where not even the next call fits, none of those that wait will: their attempts are interrupted, to run
// again under a higher limit. What needs no more money may end.
void Scheduler::grant_calls() {
  for (const Call& call : budget_.grant())
    step_.actions.push_back(GrantCall{call});
  const auto exhausted = budget_.exhausted();
  if (!exhausted) return;
  stop(StopReason::cost,
       fmt::format("limits.cost is reached: {} of {} are spent, and the next request of {} may cost {}",
                   model::describe_usd(budget_.booked()), model::describe_usd(*settings_.cost.value),
                   id(exhausted->call.task), model::describe_usd(exhausted->most)));
  for (const Call& call : budget_.give_up()) {
    FLEET_ASSERT(at(call.task).serial == call.serial, "who has ended, or was told to, asks for nothing");
    stop_attempt(call.task, Verdict::interrupted, false);
  }
}

void Scheduler::stop_attempts(Verdict as, bool hurry) {
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    const Task& task = tasks_[i];
    if (task.phase != Phase::running || (task.stop_sent && !hurry)) continue;
    stop_attempt({i}, as, hurry);
  }
}

void Scheduler::stop_attempt(TaskIndex index, Verdict as, bool hurry) {
  Task& task = at(index);
  task.stop_sent = true;
  budget_.withdraw(task.serial);
  step_.actions.push_back(StopAttempt{index, task.serial, as, hurry});
}

// Stopped for good: what is not running will not run, unless the run is resumed to retry its failures.
bool Scheduler::is_ending() const {
  return stopping_ == StopReason::failures || stopping_ == StopReason::decision;
}

void Scheduler::cancel_the_rest() {
  const std::string why(describe(*stopping_));
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    const TaskIndex index{i};
    if (is_settled(index) || at(index).phase == Phase::held) continue;
    if (at(index).phase == Phase::ready) ready_.remove(index);
    settle(index, Phase::cancelled, why);
  }
}

void Scheduler::finish_if_done() {
  if (!started_ || finished_) return;
  const bool idle = ready_.running() == 0 && merging_ == 0 && conditioning_ == 0;
  if (publishing_) {
    if (!published_ || !idle) return;
    RunState state = failed_ > 0 || !published_->error.empty() ? RunState::failed : RunState::finished;
    if (stopping_ == StopReason::decision) state = RunState::aborted;
    if (stopping_ == StopReason::failures) state = RunState::failed;
    if (stopping_ && !is_ending() && (asking_ || settled_ < tasks_.size())) state = RunState::stopped;
    finished_ = FinishRun{state, stopping_};
    emit(RunEventKind::run_finished, {}, std::string(base::name_of(state)));
    step_.actions.push_back(*finished_);
    return;
  }
  if (!idle) return;
  if (is_ending()) cancel_the_rest();
  offer_held();  // what has a result does not have to run any more
  if (merging_ > 0) return;
  if (!stopping_ && (asking_ || settled_ < tasks_.size())) return;
  publishing_ = true;
  published_.reset();
  step_.actions.push_back(Publish{accepted()});
}

void Scheduler::set_run_limit() {
  ++timer_setting_;
  const std::optional<Duration> limit = settings_.duration.value;
  if (!limit) return;
  if (active_ >= *limit) {
    stop(StopReason::duration);
  } else {
    step_.actions.push_back(SetTimer{{TimerKind::run_limit, {}, timer_setting_}, now_ + *limit - active_});
  }
}

Scheduler::TaskView Scheduler::task(TaskIndex index) const {
  const Task& task = at(index);
  TaskView view;
  const std::vector<model::AgentLink>& links = plan_.task(index).links;
  if (task.link < links.size()) view.agent = links[task.link].agent;
  switch (task.phase) {
    case Phase::waiting:
    case Phase::conditioning:
    case Phase::held:
      view.state = TaskState::waiting;
      break;
    case Phase::ready:
      view.state = TaskState::ready;
      break;
    case Phase::running:
    case Phase::merging:
      view.state = TaskState::running;
      break;
    case Phase::backing_off:
      view.state = TaskState::backing_off;
      break;
    case Phase::asking:
      view.state = TaskState::asking;
      break;
    case Phase::done:
      view.state = TaskState::done;
      break;
    case Phase::failed:
      view.state = TaskState::failed;
      break;
    case Phase::skipped:
      view.state = TaskState::skipped;
      break;
    case Phase::cancelled:
      view.state = TaskState::cancelled;
      break;
  }
  view.attempt = task.attempt;
  view.reason = task.reason;
  view.accepted = has_result(index);
  view.from = task.from;
  view.base = task.base;
  view.snapshot = task.snapshot;
  return view;
}

std::vector<TaskIndex> Scheduler::accepted() const {
  std::vector<TaskIndex> all;
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    if (has_result({i})) all.push_back({i});
  }
  return all;
}

std::vector<Scheduler::RunningAttempt> Scheduler::running_attempts() const {
  std::vector<RunningAttempt> all;
  for (const Task& task : tasks_) {
    if (task.phase == Phase::running) all.push_back({task.serial, task.process});
  }
  return all;
}

std::vector<Begun> Scheduler::begun() const {
  std::vector<Begun> all;
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    const Task& task = tasks_[i];
    const bool has_ended_well = task.phase == Phase::done || task.phase == Phase::held ||
                                (task.phase == Phase::merging && !task.discard) ||
                                (task.phase == Phase::failed && !task.snapshot.is_none());
    const bool is_cut_off = task.phase == Phase::running && !task.only_kept;
    const Begun begun{{i},
                      has_ended_well || task.only_kept,
                      task.rollback_due || (is_cut_off && plan_.task({i}).spec.rollback)};
    if (task.attempt > 0 || begun.done || begun.rollback_due || !task.ask_first.empty()) all.push_back(begun);
  }
  return all;
}

model::RunEvent& Scheduler::emit(RunEventKind kind, std::optional<TaskIndex> task, std::string message) {
  model::RunEvent& event = step_.events.emplace_back();
  event.sequence = ++last_event_;
  event.at = now_;
  event.kind = kind;
  event.task = task;
  event.message = std::move(message);
  return event;
}

}  // namespace fleet::engine
