#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/scheduler.h"
#include "sim/check.h"
#include "sim/disk.h"
#include "sim/integrator.h"
#include "sim/referee.h"
#include "sim/script.h"

namespace fleet::engine::tests {

// A world around one scheduler, all of whose chance comes from a seed: attempts that take their time, answers
// that come late, twice and several in one commit, people, signals, and a process that dies where it is told
// to, after which the next one goes on from the journal. A referee watches every step.
class World {
 public:
  struct Faults {
    // Lengths of the journal at which the process dies; in the middle of a commit, with nothing of that.
    std::set<std::size_t> crash_after;
    int crash_percent = 0;  // chance of dying in or after each commit
    bool signals = false;
    bool power_cuts = false;  // it dies with all that was not waited for
  };

  // The plan is that of the script. Its story is kept only where somebody wants to read it.
  World(const Script& script, const model::Plan& plan, std::uint64_t seed, Faults faults, bool tells)
      : script_(script),
        plan_(plan),
        tells_(tells),
        dice_(seed),
        faults_(std::move(faults)),
        integrator_(script_, plan_),
        referee_(std::make_unique<Referee>(plan_, script_)),
        settings_(plan_.settings),
        disk_(plan_),
        begun_(plan_.tasks.size()) {}

  // Lives the run through to its end, over all its processes. Empty when all was well, else what was not.
  Problem run() {
    referee_->new_process(settings_, false);
    begin_process();
    remember_referee();
    deliver(RunStarted{script_.seed}, false);
    while (problem_.empty() && !over_) {
      if (pending_.empty()) {
        fail(Check::hangs, "the run hangs: nothing is under way, and it has not finished");
        break;
      }
      const auto next = pending_.begin();
      now_ = std::max(now_, next->first);
      const Event event = std::move(next->second);
      pending_.erase(next);
      happen(event);
      if (disk_.size() > 400 * (plan_.tasks.size() + 10))
        fail(Check::goes_on_and_on, "the run goes on and on");
    }
    if (problem_.empty()) problem_ = referee_->at_the_end(*scheduler_, integrator_);
    return problem_;
  }

  [[nodiscard]] std::size_t journal_length() const { return disk_.size(); }
  [[nodiscard]] const Scheduler& scheduler() const { return *scheduler_; }
  [[nodiscard]] const Referee& referee() const { return *referee_; }
  [[nodiscard]] std::string story() const {
    std::string all;
    for (const std::string& line : story_)
      all += line + '\n';
    return all;
  }

 private:
  static constexpr const char* kInCommit = "-- crash in the commit";
  static constexpr const char* kAfterCommit = "-- crash";

  struct Arrives {
    Input input;
    bool again = false;  // it arrived before
  };
  struct Integrates {
    Action action;
  };
  struct Signals {};
  struct Cancels {
    TaskIndex task;
  };
  // A model answers.
  struct Answers {
    Call call;
    double usd = 0;
  };
  using Event = std::variant<Arrives, Integrates, Signals, Cancels, Answers>;

  void begin_process() {
    pending_.clear();
    asking_.clear();
    integrator_free_ = now_;
    scheduler_ = std::make_unique<Scheduler>(plan_);
    disk_.read([this](const Input& input, TimePoint at) { scheduler_->handle(input, at); });
    integrator_.restore(*scheduler_);
    if (faults_.signals && dice_.chance(60)) {
      for (int i = 1 + dice_.roll(2); i > 0; --i)
        after(dice_.roll(60), Signals{});
    }
    if (script_.wild && dice_.chance(30)) after(dice_.roll(60), Cancels{any_task()});
  }

  // The process is gone, with all that it had under way; another one goes on some time later.
  void crash(const char* how) {
    story_.emplace_back(how);
    const std::unique_ptr<Scheduler> before = std::move(scheduler_);
    now_ += Duration(dice_.roll(100));
    if (faults_.power_cuts) cut_power();
    begin_process();
    if (!faults_.power_cuts && how == kAfterCommit) compare_with_replay(*before);
    check_memory();
    if (!problem_.empty()) return;
    if (disk_.size() > 0) return resume(false);
    settings_ = plan_.settings;  // nothing is known of it: it begins anew
    referee_->new_process(settings_, false);
    deliver(RunStarted{script_.seed}, false);
  }

  // The referee forgets with the disk.
  void cut_power() {
    for (const Input& lost : disk_.lose_power(dice_)) {
      const auto* end = std::get_if<AttemptFinished>(&lost);
      if (end != nullptr && !end->outcome.snapshot.is_none())
        fail(Check::power_cut_takes_work, "a power cut takes work");
      if (const auto* asked = std::get_if<CallRequested>(&lost);
          asked && granted_.contains({asked->call.serial, asked->call.number}))
        fail(Check::power_cut_takes_a_grant, "a power cut takes what was granted");
      if (std::holds_alternative<Decided>(lost) || std::holds_alternative<CancelRequested>(lost))
        fail(Check::power_cut_takes_a_word, "a power cut takes a person's word");
    }
    story_.push_back(fmt::format("-- power cut: {} inputs are left", disk_.size()));
    while (remembered_.back().first > disk_.size())
      remembered_.pop_back();
    referee_ = std::make_unique<Referee>(*remembered_.back().second);
  }

  void remember_referee() {
    if (faults_.power_cuts) remembered_.emplace_back(disk_.size(), std::make_unique<Referee>(*referee_));
  }

  // What has effects outside of git is known to have begun, whatever else was lost.
  void check_memory() {
    for (std::uint32_t i = 0; i < begun_.size(); ++i) {
      const model::TaskSpec& spec = plan_.tasks[i].spec;
      if ((spec.once || spec.rollback) && scheduler_->task({i}).attempt < begun_[i])
        fail(Check::begun_unknown, plan_.tasks[i].id + " has begun, and nobody knows");
    }
  }

  void resume(bool retry_failed) {
    if (settings_.cost.value) *settings_.cost.value += dice_.roll(50) / 100.0;
    if (script_.wild && settings_.duration.value) *settings_.duration.value += Duration(50);
    if (settings_.stop_when_failed.value && dice_.chance(50)) *settings_.stop_when_failed.value += 0.3;
    if (script_.wild && dice_.chance(20)) settings_.parallel.value = 1 + dice_.roll(5);
    referee_->new_process(settings_, retry_failed);
    deliver(RunResumed{settings_, retry_failed}, false);
  }

  // What counts as integrated is what is done with a snapshot, so that is compared with these.
  void compare_with_replay(const Scheduler& before) {
    for (std::uint32_t i = 0; i < plan_.tasks.size(); ++i) {
      const Scheduler::TaskView old_one = before.task({i}), new_one = scheduler_->task({i});
      if (old_one.state != new_one.state || old_one.attempt != new_one.attempt ||
          old_one.reason != new_one.reason || old_one.snapshot != new_one.snapshot ||
          !are_same(old_one.from, new_one.from)) {
        fail(Check::replay_differs, "a replay comes to another state of " + plan_.tasks[i].id);
      }
    }
  }

  static bool are_same(const ResultSet& one, const ResultSet& other) {
    return one && other ? *one == *other : !one && !other;
  }

  void happen(const Event& event) {
    if (const auto* arrives = std::get_if<Arrives>(&event)) {
      deliver(with_what_comes_close_behind(*arrives));
    } else if (const auto* integrates = std::get_if<Integrates>(&event)) {
      integrate(integrates->action);
    } else if (const auto* answers = std::get_if<Answers>(&event)) {
      answer(*answers);
    } else if (const auto* cancels = std::get_if<Cancels>(&event)) {
      deliver(CancelRequested{cancels->task}, false);
    } else {
      deliver(StopRequested{StopReason::signal}, false);
    }
  }

  std::vector<Arrives> with_what_comes_close_behind(const Arrives& first) {
    std::vector<Arrives> batch{first};
    while (!pending_.empty() && batch.size() < 5 && dice_.chance(25)) {
      const auto next = pending_.begin();
      const auto* arrives = std::get_if<Arrives>(&next->second);
      if (arrives == nullptr) break;
      now_ = std::max(now_, next->first);
      batch.push_back(*arrives);
      pending_.erase(next);
    }
    return batch;
  }

  void deliver(const Input& input, bool again) { deliver({{input, again}}); }

  // What arrives is handled, then committed together, and only then is acted on.
  void deliver(const std::vector<Arrives>& batch) {
    const std::size_t length = disk_.size() + batch.size();
    const bool dies_in_commit = dies_within(disk_.size(), length);
    std::vector<std::pair<Input, Step>> handled;
    for (const auto& [input, again] : batch) {
      handled.emplace_back(input, scheduler_->handle(input, now_));
      const Step& step = handled.back().second;
      tell(input, step);
      if (dies_in_commit) continue;  // nobody will know
      if (again && !(step.actions.empty() && step.events.empty()))
        fail(Check::answer_counts_twice, "an answer counted twice");
      if (problem_.empty()) problem_ = referee_->watch(input, step, *scheduler_, now_);
      if (!problem_.empty()) return;
    }
    if (dies_in_commit) return crash(kInCommit);
    disk_.commit(handled, now_);
    remember_referee();
    const bool dies = faults_.crash_after.count(length) > 0 || dice_.chance(faults_.crash_percent);
    if (dies && !scheduler_->is_finished()) return crash(kAfterCommit);
    for (const auto& [input, again] : batch) {
      // The same answer once more, later. (Of a condition there can be no second one.)
      if (!again && dice_.chance(10) && is_answer(input)) after(dice_.roll(30), Arrives{input, true});
    }
    for (const auto& [input, step] : handled) {
      for (const Action& action : step.actions)
        std::visit([this](const auto& value) { perform(value); }, action);
    }
  }

  // Between these lengths of the journal, which one commit leads from one to the other.
  bool dies_within(std::size_t from, std::size_t to) {
    const auto at = faults_.crash_after.upper_bound(from);
    if (at != faults_.crash_after.end() && *at < to) {
      faults_.crash_after.erase(at);  // the journal will be that long again
      return true;
    }
    return to - from > 1 && dice_.chance(faults_.crash_percent);
  }

  static bool is_answer(const Input& input) {
    const auto* timer = std::get_if<TimerFired>(&input);
    return std::holds_alternative<AttemptFinished>(input) || std::holds_alternative<Merged>(input) ||
           std::holds_alternative<Conflicted>(input) || std::holds_alternative<Published>(input) ||
           (timer != nullptr && timer->timer.kind == TimerKind::backoff);
  }

  void perform(const EvaluateCondition& action) {
    std::vector<model::TaskState> states;
    for (const NeedResult& need : action.needs)
      states.push_back(need.state);
    const bool holds = condition_holds(script_.tasks[action.task.value], states);
    after(dice_.roll(3), Arrives{ConditionEvaluated{action.task, holds, {}}});
  }

  void perform(const StartAttempt& action) {
    begun_[action.task.value] = action.attempt;
    const TaskScript& task = script_.tasks[action.task.value];
    const int bad_before = action.feedback.empty() ? 0 : std::stoi(action.feedback);
    model::Outcome outcome;
    if (bad_before < task.bad_tries) {
      outcome.verdict = task.bad;
      outcome.reason = "bad";
      outcome.feedback = std::to_string(bad_before + 1);
      if (task.is_busy && !plan_.task(action.task).links.empty()) {
        outcome.agent.emplace().failure =
            dice_.chance(50) ? model::AgentFailure::rate_limit : model::AgentFailure::overload;
        // Where it is not told, the wait is longer than a run may last that has a limit.
        if (script_.wild || dice_.chance(70)) outcome.agent->retry_after = Duration(1 + dice_.roll(100));
      }
    } else {
      outcome.verdict = model::Verdict::done;
      if (task.changes) {
        outcome.snapshot = Integrator::snapshot(action.serial);
        integrator_.keep(action.serial, {action.from->begin(), action.from->end()});
      }
    }
    if (dice_.chance(70)) {
      after(0, Arrives{AttemptStarted{action.task, action.serial, {2 + dice_.roll(99), 1}}});
    }
    if (!action.metered || plan_.task(action.task).links.empty()) {
      after(dice_.roll(20), Arrives{AttemptFinished{action.task, action.serial, outcome}});
      return;
    }
    if (!outcome.agent) outcome.agent.emplace();
    outcome.agent->cost.usd = 0;
    asking_[action.serial] = outcome;
    ask_next({action.task, action.serial, 0});
  }

  // An attempt that asks a model, from one call to the next.
  void ask_next(Call call) {
    const TaskScript& task = script_.tasks[call.task.value];
    if (call.number == static_cast<std::uint32_t>(task.calls)) {
      const model::Outcome outcome = asking_.extract(call.serial).mapped();
      after(dice_.roll(20), Arrives{AttemptFinished{call.task, call.serial, outcome}});
      return;
    }
    ++call.number;
    after(dice_.roll(10), Arrives{CallRequested{call, task.most}});
  }

  void perform(const GrantCall& action) {
    if (!asking_.contains(action.call.serial)) return;  // it was told to end in the same step
    granted_.insert({action.call.serial, action.call.number});
    const double most = script_.tasks[action.call.task.value].most;
    const double usd = dice_.chance(3) ? 2 * most : most * dice_.roll(101) / 100;
    after(dice_.roll(10), Answers{action.call, usd});
  }

  void answer(const Answers& answers) {
    *asking_.at(answers.call.serial).agent->cost.usd += answers.usd;
    if (dice_.chance(90)) after(0, Arrives{CallSettled{answers.call, answers.usd}});
    ask_next(answers.call);
  }

  // An attempt that is told to end may have ended by itself meanwhile.
  void perform(const StopAttempt& action) {
    if (asking_.erase(action.serial) > 0) {  // it waits for its model, or for the money
      std::erase_if(pending_, [&](const auto& event) { return is_call_of(event.second, action.serial); });
      return stop(action);
    }
    if (dice_.chance(20)) return;
    for (auto i = pending_.begin(); i != pending_.end(); ++i) {
      const auto* arrives = std::get_if<Arrives>(&i->second);
      const auto* end = arrives ? std::get_if<AttemptFinished>(&arrives->input) : nullptr;
      if (end == nullptr || end->serial != action.serial || arrives->again) continue;
      pending_.erase(i);
      return stop(action);
    }
  }

  void stop(const StopAttempt& action) {
    model::Outcome outcome;
    outcome.verdict = action.as;
    outcome.rollback_due = action.hurry && plan_.task(action.task).spec.rollback.has_value();
    after(action.hurry ? 0 : dice_.roll(10), Arrives{AttemptFinished{action.task, action.serial, outcome}});
  }

  static bool is_call_of(const Event& event, Serial serial) {
    const auto* answers = std::get_if<Answers>(&event);
    const auto* arrives = std::get_if<Arrives>(&event);
    const auto* request = arrives ? std::get_if<CallRequested>(&arrives->input) : nullptr;
    return (answers && answers->call.serial == serial) || (request && request->call.serial == serial);
  }

  void perform(const Merge& action) { queue_for_integrator(action, dice_.roll(4)); }
  void perform(const Withdraw& action) { queue_for_integrator(action, 0); }
  void perform(const Publish& action) { queue_for_integrator(action, dice_.roll(4)); }
  void perform(const SetTimer& action) {
    pending_.emplace(std::max(action.at, now_), Arrives{TimerFired{action.timer}});
  }

  void perform(const Ask& action) {
    model::FailureAnswer answer = action.otherwise;
    bool by_person = false;
    if (!script_.wild) {
      answer = model::FailureAnswer::retry;  // of a `once` task
      by_person = true;
    } else if (dice_.chance(50)) {
      answer = static_cast<model::FailureAnswer>(dice_.roll(patience_ > 0 ? 3 : 2) + (patience_ > 0 ? 0 : 1));
      by_person = true;
      --patience_;
    }
    after(dice_.roll(20), Arrives{Decided{action.task, answer, by_person}});
  }

  void perform(const FinishRun& action) {
    const bool stopped = action.state == model::RunState::stopped;
    const bool retry = script_.wild && patience_-- > 0 && dice_.chance(20);
    if (!stopped && !retry) {
      over_ = true;
      return;
    }
    story_.push_back("-- the process has ended");
    now_ += Duration(dice_.roll(100));
    begin_process();
    resume(retry);
  }

  // One after the other, in the order in which they were asked for.
  void queue_for_integrator(const Action& action, int takes) {
    integrator_free_ = std::max(integrator_free_, now_) + Duration(takes);
    pending_.emplace(integrator_free_, Integrates{action});
  }

  void integrate(const Action& action) {
    if (const auto* merge = std::get_if<Merge>(&action)) {
      after(dice_.roll(3), Arrives{integrator_.merge(*merge)});
    } else if (const auto* withdraw = std::get_if<Withdraw>(&action)) {
      integrator_.withdraw(*withdraw);
    } else if (const auto* publish = std::get_if<Publish>(&action)) {
      if (publish->accepted != integrator_.accepted())
        fail(Check::published_other_results, "other results are published than integrated");
      after(dice_.roll(3), Arrives{Published{"branch", {}, {}}});
    }
    if (!integrator_.broken().empty()) fail(Check::integrated_twice, integrator_.broken());
  }

  void fail(Check check, std::string what) {
    if (problem_.empty()) problem_ = {check, std::move(what)};
  }
  void after(int delay, Event event) { pending_.emplace(now_ + Duration(delay), std::move(event)); }
  TaskIndex any_task() {
    return {static_cast<std::uint32_t>(dice_.roll(static_cast<int>(plan_.tasks.size())))};
  }

  void tell(const Input& input, const Step& step) {
    if (!tells_) return;
    const auto name = [this](TaskIndex task) { return plan_.task(task).id; };
    static constexpr const char* kNames[] = {
        "RunStarted",    "RunResumed",      "ConditionEvaluated", "AttemptStarted", "AttemptFinished",
        "CallRequested", "CallSettled",     "TimerFired",         "Merged",         "Conflicted",
        "Decided",       "CancelRequested", "StopRequested",      "Published"};
    std::string line = fmt::format("{:>6} {}", now_.time_since_epoch().count(), kNames[input.index()]);
    std::visit(
        [&line, name](const auto& value) {
          if constexpr (requires { value.task.value; }) line += " " + name(value.task);
          if constexpr (requires { value.outcome; })
            line += fmt::format(" {}", base::name_of(value.outcome.verdict));
          if constexpr (requires { value.call; })
            line += fmt::format(" {} #{}.{}", name(value.call.task), value.call.serial, value.call.number);
          if constexpr (requires { value.most; }) line += fmt::format(" ${}", value.most);
          if constexpr (requires { value.usd; }) line += fmt::format(" ${}", value.usd);
          if constexpr (requires { value.serial; }) line += fmt::format(" #{}", value.serial);
          if constexpr (requires { value.conflicts; }) {
            for (const model::Conflict& conflict : value.conflicts)
              line += fmt::format(" ({} loses to {})", name(conflict.loser), name(conflict.winner));
          }
        },
        input);
    for (const model::RunEvent& event : step.events) {
      line += fmt::format("; {}", base::name_of(event.kind));
      if (event.task) line += " " + name(*event.task);
    }
    story_.push_back(std::move(line));
  }

  const Script& script_;
  const model::Plan& plan_;
  const bool tells_;
  Dice dice_;
  Faults faults_;
  Integrator integrator_;
  std::unique_ptr<Referee> referee_;
  model::Settings settings_;

  Disk disk_;               // outlives the process
  std::vector<int> begun_;  // and so does what was done: the last attempt that each task has begun
  std::set<std::pair<Serial, std::uint32_t>> granted_;  // calls that may have been made
  // With power cuts: what the referee knew at each length of the journal.
  std::vector<std::pair<std::size_t, std::unique_ptr<Referee>>> remembered_;
  std::unique_ptr<Scheduler> scheduler_;     // does not
  std::multimap<TimePoint, Event> pending_;  // nor this
  std::map<Serial, model::Outcome> asking_;  // attempts between two calls of their models, and how they end
  TimePoint now_{};
  TimePoint integrator_free_{};
  int patience_ = 3;  // for more tries, of the people around the run
  bool over_ = false;
  Problem problem_;
  std::vector<std::string> story_;
};

}  // namespace fleet::engine::tests
