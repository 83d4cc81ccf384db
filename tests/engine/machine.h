#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan_of.h"
#include "engine/scheduler.h"

namespace fleet::engine::tests {

using Ids = std::vector<std::string>;

inline constexpr auto kQueue = model::ConflictStrategy::queue;

// A scheduler in the hands of a test, which plays the rest of the house: tasks are named by their ids, time
// passes only when it is told to, and timers fire by themselves then.
class Machine {
 public:
  explicit Machine(const PlanOf& plan, std::vector<Begun> begun = {}) : plan_(plan.build()) {
    scheduler_ = std::make_unique<Scheduler>(plan_);
    send(RunStarted{7, std::move(begun)});
  }

  // Every answer keeps what it led to in last().
  const Step& send(const Input& input) {
    journal_.emplace_back(input, now_);
    last_ = scheduler_->handle(input, now_);
    for (const Action& action : last_.actions)
      note(action);
    return last_;
  }

  // How the current attempt of a task ends.
  void ends(const std::string& id, model::Verdict verdict, std::string reason = {}) {
    model::Outcome outcome;
    outcome.verdict = verdict;
    outcome.reason = std::move(reason);
    send(AttemptFinished{index(id), serial(id), outcome});
  }
  void fails(const std::string& id) { ends(id, model::Verdict::failed, "exit status 1"); }
  // Done, and nothing changed.
  void done(const std::string& id) { ends(id, model::Verdict::done); }
  // Done with a change, which is offered.
  void changes(const std::string& id) {
    model::Outcome outcome;
    outcome.verdict = model::Verdict::done;
    outcome.snapshot = object(serial(id));
    send(AttemptFinished{index(id), serial(id), outcome});
  }
  void merged(const std::string& id) { send(Merged{index(id), offers_.at(id).serial, {}, {}}); }
  void integrates(const std::string& id) {
    changes(id);
    merged(id);
  }
  void conflicts(const std::string& id, const Ids& with, const std::string& path = "file") {
    Conflicted input{index(id), offers_.at(id).serial, {}};
    for (const std::string& other : with)
      input.conflicts.push_back(conflict(id, other, path));
    send(input);
  }
  void condition(const std::string& id, bool holds) { send(ConditionEvaluated{index(id), holds, {}}); }
  void decide(model::FailureAnswer answer, bool by_person = true) { send(Decided{{}, answer, by_person}); }
  void decide(const std::string& id, model::FailureAnswer answer) { send(Decided{index(id), answer, true}); }
  void cancel(const std::string& id) { send(CancelRequested{index(id)}); }
  void signal() { send(StopRequested{StopReason::signal}); }
  void publish() { send(Published{"fleet/run", object(99), {}}); }

  // Time passes; timers fire in their order.
  void pass(Duration duration) {
    const TimePoint until = now_ + duration;
    while (!timers_.empty() && timers_.begin()->first <= until) {
      const auto [at, timer] = *timers_.begin();
      timers_.erase(timers_.begin());
      now_ = std::max(now_, at);
      send(TimerFired{timer});
    }
    now_ = until;
  }
  void set_clock(TimePoint now) { now_ = now; }

  // The process dies and another one goes on from the journal.
  void crash() {
    timers_.clear();
    scheduler_ = std::make_unique<Scheduler>(plan_);
    for (const auto& [input, at] : journal_)
      scheduler_->handle(input, at);
  }
  void resume(bool retry_failed = false) { resume(plan_.settings, retry_failed); }
  void resume(const model::Settings& settings, bool retry_failed = false) {
    crash();
    send(RunResumed{settings, retry_failed});
  }

  [[nodiscard]] const Step& last() const { return last_; }
  // Of the last step, the actions of one kind.
  template <class T>
  [[nodiscard]] std::vector<T> last_actions() const {
    std::vector<T> found;
    for (const Action& action : last_.actions) {
      if (const auto* one = std::get_if<T>(&action)) found.push_back(*one);
    }
    return found;
  }
  // ... and which tasks they were about.
  template <class T>
  [[nodiscard]] Ids last_tasks() const {
    Ids ids;
    for (const T& action : last_actions<T>())
      ids.push_back(id(action.task));
    return ids;
  }
  [[nodiscard]] Ids started() const { return last_tasks<StartAttempt>(); }
  [[nodiscard]] Ids withdrawn() const {
    Ids ids;
    for (const Withdraw& action : last_actions<Withdraw>()) {
      for (const TaskIndex task : action.tasks)
        ids.push_back(id(task));
    }
    return ids;
  }
  [[nodiscard]] std::vector<model::RunEventKind> last_events() const {
    std::vector<model::RunEventKind> kinds;
    for (const model::RunEvent& event : last_.events)
      kinds.push_back(event.kind);
    return kinds;
  }

  [[nodiscard]] model::TaskState state(const std::string& id) const {
    return scheduler_->task(index(id)).state;
  }
  [[nodiscard]] std::string reason(const std::string& id) const {
    return std::string(scheduler_->task(index(id)).reason);
  }
  [[nodiscard]] Ids in_state(model::TaskState state) const {
    Ids ids;
    for (const model::PlannedTask& planned : plan_.tasks) {
      if (this->state(planned.id) == state) ids.push_back(planned.id);
    }
    return ids;
  }
  [[nodiscard]] Ids accepted() const { return ids(scheduler_->accepted()); }
  // How the newest attempt of a task was started.
  [[nodiscard]] const StartAttempt& attempt(const std::string& id) const { return attempts_.at(id); }
  [[nodiscard]] Ids from(const std::string& id) const { return ids(*attempt(id).from); }
  [[nodiscard]] const Merge& offer(const std::string& id) const { return offers_.at(id); }
  [[nodiscard]] const Scheduler& scheduler() const { return *scheduler_; }
  [[nodiscard]] const model::Settings& settings() const { return plan_.settings; }
  [[nodiscard]] std::optional<model::RunState> ended() const {
    const auto finished = scheduler_->finished();
    return finished ? std::optional(finished->state) : std::nullopt;
  }
  [[nodiscard]] bool publishing() const { return !last_actions<Publish>().empty(); }
  [[nodiscard]] TimePoint now() const { return now_; }

  [[nodiscard]] TaskIndex index(const std::string& id) const { return plan_.find(id).value(); }
  [[nodiscard]] Serial serial(const std::string& id) const { return attempts_.at(id).serial; }
  [[nodiscard]] const std::string& id(TaskIndex index) const { return plan_.task(index).id; }
  [[nodiscard]] model::Conflict conflict(const std::string& one, const std::string& other,
                                         const std::string& path = "file") const {
    return {std::max(index(one), index(other)), std::min(index(one), index(other)), {path}};
  }
  static ObjectId object(std::uint32_t number) {
    ObjectId object;
    object.bytes[0] = 1;
    for (int i = 0; i < 4; ++i)
      object.bytes[4 + i] = static_cast<std::uint8_t>(number >> (8 * i));
    return object;
  }

 private:
  void note(const Action& action) {
    if (const auto* start = std::get_if<StartAttempt>(&action)) {
      attempts_[id(start->task)] = *start;
    } else if (const auto* merge = std::get_if<Merge>(&action)) {
      offers_[id(merge->task)] = *merge;
    } else if (const auto* timer = std::get_if<SetTimer>(&action)) {
      timers_.emplace(timer->at, timer->timer);
    }
  }
  [[nodiscard]] Ids ids(const std::vector<TaskIndex>& tasks) const {
    Ids ids;
    for (const TaskIndex task : tasks)
      ids.push_back(id(task));
    return ids;
  }

  model::Plan plan_;
  std::unique_ptr<Scheduler> scheduler_;
  std::vector<std::pair<Input, TimePoint>> journal_;
  std::multimap<TimePoint, TimerId> timers_;
  TimePoint now_{std::chrono::hours(1000)};
  Step last_;
  std::map<std::string, StartAttempt> attempts_;
  std::map<std::string, Merge> offers_;
};

}  // namespace fleet::engine::tests
