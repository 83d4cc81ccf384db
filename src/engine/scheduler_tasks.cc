#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

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

bool Scheduler::has_result(TaskIndex index) const {
  return at(index).phase == Phase::done && !at(index).snapshot.is_none();
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

// Lets a waiting task go on as far as its needs allow. It is skipped only when all of them are settled, so
// that the reason, and what a task behind it starts from, do not hang on which one was quicker.
void Scheduler::reconsider(TaskIndex index) {
  Task& task = at(index);
  if (task.phase != Phase::waiting) return;
  const model::PlannedTask& planned = plan_.task(index);
  if (task.cancel) {
    settle(index, Phase::cancelled, "cancelled", EndCause::decision);
  } else if (task.open > 0) {
    return;
  } else if (task.bad > 0 && !planned.runs_after_failure) {
    const auto needs = plan_.graph.needs(index);
    const auto cause = std::find_if(needs.begin(), needs.end(),
                                    [this](TaskIndex need) { return at(need).phase != Phase::done; });
    FLEET_ASSERT(cause != needs.end(), "a task with no bad need has one on the books");
    settle(index, Phase::skipped, why_not(*cause));
  } else if (is_ending()) {
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
  Task& task = at(index);
  if (task.discard) {
    // It was under way when its start became void, so it may have begun already.
    if (task.phase != Phase::conditioning) must_ask(index, "what it was built on has changed");
    if (task.phase == Phase::merging) undo_first(index);
    forget_results(task);
  }
  task.discard = false;
  task.phase = Phase::waiting;
  reconsider(index);
}

// Brings a task back to waiting, with no trace of what it came to, because what it starts from changes. True
// when it had an end that is void now.
bool Scheduler::start_over(TaskIndex index) {
  Task& task = at(index);
  switch (task.phase) {
    case Phase::done:
      undo_first(index);
      [[fallthrough]];
    case Phase::failed:
      must_ask(index, "what it was built on has changed");
      unsettle(index);
      forget_results(task);
      return true;
    case Phase::skipped:
      forget_results(task);
      if (task.cause == EndCause::decision) return false;
      unsettle(index);
      return true;
    case Phase::held:
      undo_first(index);
      must_ask(index, "what it was built on has changed");
      task.phase = Phase::waiting;
      forget_results(task);
      return false;
    case Phase::ready:
      ready_.remove(index);
      [[fallthrough]];
    case Phase::backing_off:
      task.phase = Phase::waiting;
      [[fallthrough]];
    case Phase::waiting:
    case Phase::asking:
    case Phase::cancelled:
      forget_results(task);
      return false;
    case Phase::running:
      if (!task.stop_sent) stop_attempt(index, Verdict::cancelled, false);
      task.discard = true;
      return false;
    case Phase::merging:
    case Phase::conditioning:
      task.discard = true;
      return false;
  }
  return false;
}

void Scheduler::forget_results(Task& task) {
  task.base = task.snapshot = {};
  task.outputs.clear();
  task.feedback.clear();
  task.link = 0;
  task.tried.clear();
  task.cannot.clear();
  task.not_before.clear();
  task.go_on = {};
  task.failures = 0;
  task.from = nullptr;
}

void Scheduler::make_ready(TaskIndex index) {
  if (!at(index).ask_first.empty()) {
    ask(index);
    return;
  }
  at(index).phase = Phase::ready;
  queue(index);
  emit(RunEventKind::task_ready, index);
}

void Scheduler::queue(TaskIndex index) {
  Task& task = at(index);
  task.link = next_link(index).value_or(task.link);
  ready_.add(index, task.link);
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
  drop_void_winners(index);
  task.from = results_below(index);
  task.reason.clear();
  step_.actions.push_back(StartAttempt{index, task.serial, task.attempt, task.from, need_results(index),
                                       task.feedback, task.link, task.go_on, task.rollback_due,
                                       task.only_kept, tries_left(index), settings_.cost.value.has_value()});
  emit(RunEventKind::attempt_started, index, std::string(this->task(index).agent)).attempt = task.attempt;
}

// Of its links that were not tried in this round and have not said that they cannot: the first whose provider
// can be asked now, else the first.
std::optional<std::uint32_t> Scheduler::next_link(TaskIndex index) const {
  const Task& task = at(index);
  const std::vector<model::AgentLink>& links = plan_.task(index).links;
  std::optional<std::uint32_t> first;
  for (std::uint32_t link = 0; link < links.size(); ++link) {
    if (task.tried.contains(link) || task.cannot.contains(link)) continue;
    if (!breaker_.is_open(breaker_.provider_of(links[link].agent))) return link;
    if (!first) first = link;
  }
  return first;
}

// Those that were left alone for as long as they wanted.
void Scheduler::try_providers() {
  const std::vector<CircuitBreaker::Provider> half_open = breaker_.half_open(now_);
  for (const CircuitBreaker::Provider provider : half_open)
    ready_.set_places(provider, breaker_.places(provider));
  if (!half_open.empty()) ask_others();
}

// Of those that are ready and would ask a provider that is left alone, another of their links may do it.
void Scheduler::ask_others() {
  for (std::uint32_t i = 0; i < tasks_.size(); ++i) {
    const auto& links = plan_.task({i}).links;
    if (tasks_[i].phase != Phase::ready || links.empty()) continue;
    if (!breaker_.is_open(breaker_.provider_of(links.at(tasks_[i].link).agent))) continue;
    ready_.remove({i});
    queue({i});
  }
}

// What an attempt came to says whether others should ask its provider now.
void Scheduler::judge_provider(TaskIndex index, const model::Outcome& outcome) {
  const std::vector<model::AgentLink>& links = plan_.task(index).links;
  if (links.empty()) return;
  const std::string& agent = links.at(at(index).link).agent;
  const CircuitBreaker::Provider provider = breaker_.provider_of(agent);
  const std::optional<TimePoint> until = breaker_.record(provider, outcome, now_);
  ready_.set_places(provider, breaker_.places(provider));
  if (!until) return;
  emit(RunEventKind::agent_paused, {},
       fmt::format("{} is not asked for {}: {}", agent, base::describe_duration(*until - now_),
                   base::name_of(*outcome.agent->failure)))
      .until = until;
  step_.actions.push_back(SetTimer{{TimerKind::circuit, {}, 0}, *until});
  ask_others();
}

// How often it would run again at most if its attempt failed: each retry is a round through its links.
int Scheduler::tries_left(TaskIndex index) const {
  const Task& task = at(index);
  const model::PlannedTask& planned = plan_.task(index);
  const int rounds = std::max(0, planned.retries.value - task.failures);
  if (planned.links.empty()) return rounds;
  const std::size_t able = planned.links.size() - task.cannot.size();
  std::size_t in_this_round = 0;  // after the one whose turn it is
  for (std::uint32_t link = 0; link < planned.links.size(); ++link) {
    const bool is_left = link != task.link && !task.tried.contains(link) && !task.cannot.contains(link);
    in_this_round += is_left ? 1 : 0;
  }
  const std::uint64_t all = in_this_round + static_cast<std::uint64_t>(rounds) * able;
  return static_cast<int>(std::min<std::uint64_t>(all, std::numeric_limits<int>::max()));
}

std::vector<NeedResult> Scheduler::need_results(TaskIndex index) const {
  std::vector<NeedResult> results;
  results.reserve(plan_.graph.needs(index).size());
  for (const TaskIndex need : plan_.graph.needs(index)) {
    NeedResult& result = results.emplace_back();
    result.task = need;
    result.state = task(need).state;
    if (result.state == TaskState::done) result.outputs = at(need).outputs;
  }
  return results;
}

// The results of all that a task stands on: those of its needs, and what they started from; where one never
// began (or has to begin again, behind a cancelled task), those of its needs in turn. Costs as much as the
// sets that it joins: they are few, and one of them holds most of the others.
ResultSet Scheduler::results_below(TaskIndex index) {
  static const ResultSet kNone = std::make_shared<const std::vector<TaskIndex>>();
  ResultSet largest = kNone;
  std::vector<ResultSet> sets;
  std::vector<TaskIndex> own;
  std::vector<TaskIndex> unvisited;
  const auto add_needs = [&](TaskIndex of) {
    const auto needs = plan_.graph.needs(of);
    unvisited.insert(unvisited.end(), needs.begin(), needs.end());
  };
  marks_.clear();
  add_needs(index);
  unvisited.insert(unvisited.end(), at(index).after.begin(), at(index).after.end());
  while (!unvisited.empty()) {
    const TaskIndex below = unvisited.back();
    unvisited.pop_back();
    if (!marks_.add(below)) continue;
    if (has_result(below)) own.push_back(below);
    const ResultSet& from = at(below).from;
    if (!from || at(below).discard) {
      add_needs(below);
    } else if (from != largest && !from->empty()) {
      sets.push_back(from);
      if (from->size() > largest->size()) largest = from;
    }
  }

  marks_.clear();
  for (const TaskIndex result : *largest)
    marks_.add(result);
  std::vector<TaskIndex> more;
  const auto add_others = [&](const std::vector<TaskIndex>& results) {
    std::copy_if(results.begin(), results.end(), std::back_inserter(more),
                 [this](TaskIndex result) { return marks_.add(result); });
  };
  add_others(own);
  for (const ResultSet& set : sets) {
    if (set != largest) add_others(*set);
  }
  if (more.empty()) return largest;
  std::sort(more.begin(), more.end());
  std::vector<TaskIndex> all;
  all.reserve(largest->size() + more.size());
  std::merge(largest->begin(), largest->end(), more.begin(), more.end(), std::back_inserter(all));
  return std::make_shared<const std::vector<TaskIndex>>(std::move(all));
}

void Scheduler::after_failure(TaskIndex index, const model::Outcome& outcome) {
  Task& task = at(index);
  const model::PlannedTask& planned = plan_.task(index);
  // One that could not begin its work has nothing to say of it: what the one before said still holds.
  if (!outcome.feedback.empty() || planned.links.empty()) task.feedback = outcome.feedback;
  if (const Duration told = told_to_wait(outcome); told > Duration{})
    task.not_before[task.link] = now_ + told;
  task.go_on = outcome.agent && outcome.agent->can_go_on ? outcome.snapshot : ObjectId{};
  if (task.cancel) {
    settle(index, Phase::cancelled, "cancelled", EndCause::decision);
    return;
  }
  if (outcome.verdict == Verdict::blocked) task.cannot.insert(task.link);
  task.tried.insert(task.link);
  if (next_link(index)) {
    make_ready(index);
    return;
  }
  ++task.failures;  // a round through its links, where it has any
  task.tried.clear();
  const auto first = next_link(index);
  const bool nobody_can = planned.links.empty() ? outcome.verdict == Verdict::blocked : !first;
  if (nobody_can || task.failures > planned.retries.value) {
    settle(index, Phase::failed, outcome.reason);
    return;
  }
  task.link = first.value_or(0);
  task.phase = Phase::backing_off;
  task.reason = outcome.reason;
  task.until = now_ + backoff_of(index);
  const auto told = task.not_before.find(task.link);
  if (told != task.not_before.end()) task.until = std::max(task.until, told->second);
  task.wait = task.until - now_;
  step_.actions.push_back(SetTimer{{TimerKind::backoff, index, task.serial}, task.until});
  emit(RunEventKind::task_backing_off, index, outcome.reason).until = task.until;
}

Duration Scheduler::backoff_of(TaskIndex index) const {
  return backoff(plan_.task(index).spec.retry.value_or(model::Retry{}), at(index).failures, seed_, index);
}

// Its attempt came to nothing by no fault of its own.
void Scheduler::after_interruption(TaskIndex index, std::string why) {
  Task& task = at(index);
  must_ask(index, std::move(why));
  if (task.discard || task.cancel || task.open > 0) {
    begin_again(index);
  } else {
    make_ready(index);
  }
}

// From here on only a person can say that the task may begin again, if it is marked `once: true`. An attempt
// that could only take over a result has begun nothing.
void Scheduler::must_ask(TaskIndex index, std::string why) {
  Task& task = at(index);
  if (plan_.task(index).spec.once && !task.only_kept) task.ask_first = std::move(why);
}

// A result that is void has left its effects outside of git, which its attempt, being good, did not undo.
void Scheduler::undo_first(TaskIndex index) {
  Task& task = at(index);
  if (!task.only_kept) task.rollback_due = plan_.task(index).spec.rollback.has_value();
}

void Scheduler::ask(TaskIndex index) {
  Task& task = at(index);
  task.phase = Phase::asking;
  task.reason = task.ask_first;
  emit(RunEventKind::task_asking, index, task.reason);
  if (stopping_) return;  // the resume asks
  // What a limit on failures says where nobody can be asked is no leave to do it twice.
  step_.actions.push_back(Ask{index,
                              fmt::format("{} is marked `once: true` and has begun before: {}. Run it again?",
                                          id(index), task.reason),
                              model::FailureAnswer::abort});
}

void Scheduler::decide_task(TaskIndex index, model::FailureAnswer answer) {
  Task& task = at(index);
  emit(RunEventKind::decided, index, std::string(base::name_of(answer)));
  switch (answer) {
    case model::FailureAnswer::retry:
      task.ask_first.clear();
      task.only_kept = false;
      begin_again(index);
      break;
    case model::FailureAnswer::skip:
      settle(index, Phase::skipped, "skipped by decision", EndCause::decision);
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
  task.serial = ++last_serial_;  // an answer to an earlier offer of the same result is late
  ++merging_;
  step_.actions.push_back(Merge{index, task.serial, task.from, task.base, task.snapshot,
                                settings_.conflicts.value == model::ConflictStrategy::priority});
}

// A chain of a hundred thousand tasks may be skipped because its first one failed: so a list, and no
// recursion.
void Scheduler::settle(TaskIndex index, Phase phase, std::string reason, EndCause cause) {
  FLEET_ASSERT(!is_settled(index), "a task was settled twice");
  Task& task = at(index);
  task.phase = phase;
  task.cause = cause;
  task.cancel &= phase == Phase::done;  // should its result be taken back, it does not run again
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

// The end of a task is void: it waits again, and those that need it count it again.
void Scheduler::unsettle(TaskIndex index) {
  FLEET_ASSERT(is_settled(index), "a task that was not settled was taken back");
  Task& task = at(index);
  const bool was_done = task.phase == Phase::done;
  if (task.phase == Phase::failed) --failed_;
  --settled_;
  settled_before_ = std::min(settled_before_, index.value);
  task.phase = Phase::waiting;
  task.reason.clear();
  for (const TaskIndex dependent : plan_.graph.dependents(index)) {
    ++at(dependent).open;
    if (!was_done) --at(dependent).bad;
  }
  for (const TaskIndex dependent : task.before)
    ++at(dependent).open;
}

}  // namespace fleet::engine
