#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/scheduler.h"
#include "sim/accountant.h"
#include "sim/check.h"
#include "sim/integrator.h"
#include "sim/script.h"

namespace fleet::engine::tests {

// Watches a run from outside, and says what is against the rules. It keeps its own books, from what the
// scheduler says and is told; nothing here is shared with how the scheduler works.
class Referee {
 public:
  Referee(const model::Plan& plan, const Script& script)
      : plan_(plan), script_(script), books_(plan.tasks.size()) {}

  void new_process(const model::Settings& settings, bool retry_failed) {
    for (const auto& [task, attempt] : running_)
      books_[task.value].rollback_due |= plan_.task(task).spec.rollback.has_value();
    running_.clear();
    asked_of_conditions_.clear();
    question_open_ = false;
    for (Book& book : books_)
      book.is_cancelled &= !retry_failed;
    if (retry_failed || !stopped_for_good_) stopping_ = stopped_for_good_ = false;
    parallel_ = settings.parallel.value;
    money_.new_process(settings.cost.value);
  }

  // Empty when all is well.
  Problem watch(const Input& input, const Step& step, const Scheduler& scheduler, TimePoint time) {
    problem_ = {};
    time_ = time;
    ++now_;
    take(input, scheduler);
    for (const model::RunEvent& event : step.events)
      take(event, input);
    check_conflicts(input, step);
    for (const Action& action : step.actions) {
      if (const auto* start = std::get_if<StartAttempt>(&action)) {
        check_start(*start, scheduler);
      } else if (const auto* condition = std::get_if<EvaluateCondition>(&action)) {
        asked_of_conditions_.insert(condition->task);
      } else if (const auto* ask = std::get_if<Ask>(&action); ask != nullptr && !ask->task) {
        question_open_ = true;
      } else if (const auto* withdraw = std::get_if<Withdraw>(&action)) {
        for (const TaskIndex task : withdraw->tasks) {
          books_[task.value].void_since = now_;
          integrated_.erase(task);
        }
      }
    }
    if (const auto* merged = std::get_if<Merged>(&input);
        merged != nullptr && scheduler.task(merged->task).accepted)
      integrated_.insert(merged->task);
    check_pause(step, scheduler);
    if (const Problem wrong = money_.watch(step, scheduler); !wrong.empty()) fail(wrong.check, wrong.what);
    check_nothing_idles(step, scheduler);
    return problem_;
  }

  Problem at_the_end(const Scheduler& scheduler, const Integrator& integrator) {
    problem_ = {};
    if (scheduler.accepted() != integrator.accepted())
      fail(Check::other_results_count, "other results count than are integrated");
    bool any_failed = false;
    for (std::uint32_t i = 0; i < books_.size(); ++i) {
      const Scheduler::TaskView view = scheduler.task({i});
      if (!model::is_final(view.state)) fail(Check::has_not_ended, id(i) + " has not ended");
      any_failed |= view.state == model::TaskState::failed;
      if (view.state != model::TaskState::done && view.reason.empty() &&
          view.state != model::TaskState::cancelled) {
        fail(Check::ended_for_no_reason, id(i) + " has ended badly for no reason");
      }
    }
    if (scheduler.finished()->state != model::RunState::aborted &&
        (scheduler.finished()->state == model::RunState::failed) != any_failed) {
      fail(Check::run_state, "the run's state is not that of its tasks");
    }
    if (plan_.settings.conflicts.value == model::ConflictStrategy::priority) return problem_;
    for (const auto& [one, its] : integrator.results()) {
      for (const auto& [other, others] : integrator.results()) {
        if (other < one && share_a_path(script_.tasks[one.value], script_.tasks[other.value]) &&
            its.from.count(other) == 0) {
          fail(Check::clash_stands,
               fmt::format("{} and {} clash, and both stand", id(one.value), id(other.value)));
        }
      }
    }
    return problem_;
  }

  // What the last attempt of a task started from.
  [[nodiscard]] std::set<TaskIndex> from(TaskIndex task) const { return books_[task.value].from; }

 private:
  struct Running {
    Serial serial = 0;
    std::uint32_t link = 0;
  };
  struct Book {
    std::set<TaskIndex> from;
    std::uint64_t started = 0;       // when its last attempt began; 0: never
    std::uint64_t succeeded = 0;     // when its last attempt was done; 0: it was not
    std::uint64_t void_since = 0;    // when it last lost, or was taken back
    bool may_repeat = false;         // of a `once` task: somebody said so, or it failed and may be retried
    bool is_cancelled = false;       // it does not begin any more, but for a retry
    std::set<TaskIndex> after;       // those whose results it gave way to, and on top of which it runs
    bool rollback_due = false;       // its last attempt was cut off before its rollback ran
    bool has_begun = false;          // its last attempt did more than to take a result over
    std::set<std::uint32_t> tried;   // links, in this round
    std::set<std::uint32_t> cannot;  // that said so
  };

  void take(const Input& input, const Scheduler& scheduler) {
    if (const auto* end = std::get_if<AttemptFinished>(&input)) {
      const auto running = running_.find(end->task);
      if (running == running_.end() || running->second.serial != end->serial) return;  // late or doubled
      const std::uint32_t link = running->second.link;
      running_.erase(running);
      judge_provider(end->task, link, end->outcome);
      money_.ends(*end);
      Book& book = books_[end->task.value];
      book.rollback_due = end->outcome.rollback_due;
      if (end->outcome.verdict == model::Verdict::done) {
        book.succeeded = now_;
      } else if (end->outcome.verdict != model::Verdict::interrupted &&
                 end->outcome.verdict != model::Verdict::cancelled) {
        book.may_repeat = true;
        if (end->outcome.verdict == model::Verdict::blocked) book.cannot.insert(link);
        book.tried.insert(link);
        if (!next_link(end->task)) book.tried.clear();
      }
    } else if (const auto* request = std::get_if<CallRequested>(&input)) {
      const auto running = running_.find(request->call.task);
      if (running != running_.end() && running->second.serial == request->call.serial)
        money_.requests(*request);
    } else if (const auto* fired = std::get_if<TimerFired>(&input);
               std::holds_alternative<RunResumed>(input) ||
               (fired != nullptr && fired->timer.kind == TimerKind::circuit && !scheduler.is_finished())) {
      for (auto& [name, provider] : providers_)
        provider.is_paused &= provider.until > time_;
    } else if (const auto* settled = std::get_if<CallSettled>(&input)) {
      money_.settles(*settled);
    } else if (const auto* conflict = std::get_if<Conflicted>(&input)) {
      for (const model::Conflict& one : conflict->conflicts)
        books_[one.loser.value].void_since = now_;
    } else if (const auto* condition = std::get_if<ConditionEvaluated>(&input)) {
      asked_of_conditions_.erase(condition->task);
    } else if (const auto* cancelled = std::get_if<CancelRequested>(&input)) {
      const model::TaskState state = scheduler.task(cancelled->task).state;
      const bool is_too_late =
          scheduler.is_finished() || (model::is_final(state) && state != model::TaskState::cancelled);
      books_[cancelled->task.value].is_cancelled |= !is_too_late;
    } else if (const auto* decided = std::get_if<Decided>(&input)) {
      if (!decided->task) question_open_ = false;
      if (decided->answer != model::FailureAnswer::retry) return;
      for (std::uint32_t i = 0; i < books_.size(); ++i) {
        const bool is_meant = !decided->task || decided->task->value == i;
        books_[i].may_repeat |= is_meant;
        books_[i].is_cancelled &= !is_meant;
      }
    }
  }

  void take(const model::RunEvent& event, const Input& input) {
    if (event.kind == model::RunEventKind::run_stopping) {
      stopping_ = true;
      stopped_for_good_ = event.message.find("too many") == 0 || event.message.find("aborted") == 0;
    }
    if (event.kind == model::RunEventKind::conflict && queues())
      books_[event.task->value].after.insert(*event.other);
    if (event.kind == model::RunEventKind::task_withdrawn) books_[event.task->value].void_since = now_;
    if (event.kind == model::RunEventKind::attempt_finished && std::holds_alternative<RunResumed>(input) &&
        event.verdict != model::Verdict::interrupted) {
      fail(Check::cut_off_verdict, "an attempt that was cut off has another verdict");
    }
  }

  // Nothing is taken back for a conflict with what does not stand any more.
  void check_conflicts(const Input& input, const Step& step) {
    const auto* answer = std::get_if<Conflicted>(&input);
    const bool takes_back = std::any_of(step.actions.begin(), step.actions.end(), [](const Action& action) {
      return std::holds_alternative<Withdraw>(action);
    });
    if (answer == nullptr || !takes_back) return;
    const auto stands = [&](TaskIndex task) { return task == answer->task || integrated_.count(task) > 0; };
    for (const model::Conflict& conflict : answer->conflicts) {
      if (!stands(conflict.winner) || !stands(conflict.loser))
        fail(Check::conflict_is_over, id(conflict.loser.value) + " gives way in a conflict that is over");
    }
  }

  // All that a task may stand on: its needs, those it gave way to, and what these stood on when they began.
  void add_below(TaskIndex task, std::set<TaskIndex>& seen, std::set<TaskIndex>& all) const {
    if (!seen.insert(task).second) return;
    const auto add = [&](TaskIndex below) {
      all.insert(below);
      all.insert(books_[below.value].from.begin(), books_[below.value].from.end());
      add_below(below, seen, all);
    };
    for (const TaskIndex need : plan_.graph.needs(task))
      add(need);
    for (const TaskIndex winner : books_[task.value].after)
      add(winner);
  }

  void check_start(const StartAttempt& start, const Scheduler& scheduler) {
    const std::uint32_t i = start.task.value;
    const model::PlannedTask& planned = plan_.tasks[i];
    Book& book = books_[i];
    if (stopping_) fail(Check::starts_while_stopping, id(i) + " starts although the run is stopping");
    if (question_open_)
      fail(Check::starts_while_asked, id(i) + " starts although a question about the run is open");
    if (!running_.emplace(start.task, Running{start.serial, start.link}).second)
      fail(Check::runs_twice_at_once, id(i) + " runs twice at once");
    if (running_.size() > static_cast<std::size_t>(parallel_))
      fail(Check::too_many_run, "more attempts run than the run allows");
    if (is_agent_full(start.task, start.link, 1))
      fail(Check::too_many_of_an_agent, "more attempts run than their agent allows");
    if (book.is_cancelled) fail(Check::starts_cancelled, id(i) + " starts although it was cancelled");
    for (const TaskIndex winner : book.after) {
      if (!model::is_final(scheduler.task(winner).state))
        fail(Check::starts_before_winner, id(i) + " does not wait for " + id(winner.value));
    }
    std::erase_if(book.after, [&](TaskIndex winner) { return !scheduler.task(winner).accepted; });
    const int tries = start.feedback.empty() ? 0 : std::stoi(start.feedback);
    if (tries == 0) book.tried.clear(), book.cannot.clear();
    check_link(start);
    const int links = std::max(1, static_cast<int>(planned.links.size()));
    if (tries >= links * (1 + planned.retries.value))
      fail(Check::tried_too_often, id(i) + " is tried more often than it may");
    // A good attempt whose result is void has undone nothing itself.
    const bool left_effects = planned.spec.rollback && book.has_begun && book.succeeded > book.started;
    if (start.rollback_first != (book.rollback_due || left_effects))
      fail(Check::rolls_back_wrongly, id(i) + (start.rollback_first ? " rolls back what need not be"
                                                                    : " does not roll back what must be"));
    if (planned.spec.once && book.started > 0 && !book.may_repeat)
      fail(Check::once_unasked, id(i) + " is run again unasked");

    if (book.succeeded > book.started && !is_void(start.task, book.started)) {
      fail(Check::finished_runs_again, id(i) + " is run again although it had finished");
    }
    book.has_begun = !start.only_kept;
    book.from = {start.from->begin(), start.from->end()};
    if (!std::is_sorted(start.from->begin(), start.from->end()) || book.from.size() != start.from->size()) {
      fail(Check::from_not_in_order, id(i) + " starts from what is not a set in plan order");
    }
    const std::vector<TaskIndex> accepted = scheduler.accepted();
    if (!std::includes(accepted.begin(), accepted.end(), start.from->begin(), start.from->end())) {
      fail(Check::from_not_integrated, id(i) + " starts from what is not integrated");
    }
    std::set<TaskIndex> seen, below_it;
    add_below(start.task, seen, below_it);
    if (!std::includes(below_it.begin(), below_it.end(), book.from.begin(), book.from.end()))
      fail(Check::from_too_much, id(i) + " starts from more than it stands on");
    for (const TaskIndex need : plan_.graph.needs(start.task)) {
      const Scheduler::TaskView view = scheduler.task(need);
      if (!model::is_final(view.state))
        fail(Check::starts_before_need, fmt::format("{} starts before {} has ended", id(i), id(need.value)));
      if (view.state != model::TaskState::done && !planned.runs_after_failure) {
        fail(Check::starts_after_bad_need,
             fmt::format("{} starts although {} is not done", id(i), id(need.value)));
      }
      if (!view.accepted) continue;
      const std::set<TaskIndex>& below = books_[need.value].from;
      if (book.from.count(need) == 0 ||
          !std::includes(book.from.begin(), book.from.end(), below.begin(), below.end())) {
        fail(Check::from_too_little,
             fmt::format("{} does not start from all that {} stands on", id(i), id(need.value)));
      }
    }
    book.started = now_;
    book.may_repeat = false;
  }

  // The first of its links that was not tried in this round and has not said that it cannot.
  [[nodiscard]] std::optional<std::uint32_t> next_link(TaskIndex task) const {
    const Book& book = books_[task.value];
    for (std::uint32_t link = 0; link < plan_.task(task).links.size(); ++link) {
      if (book.tried.count(link) == 0 && book.cannot.count(link) == 0) return link;
    }
    return std::nullopt;
  }

  // Who is asked before the one whose turn it is: only where that one's provider could not serve.
  void check_link(const StartAttempt& start) {
    const auto& links = plan_.task(start.task).links;
    if (links.empty()) return;
    const Book& book = books_[start.task.value];
    const auto first = next_link(start.task);
    const bool may = first && (start.link == *first || provider(start.task, *first).was_paused);
    if (!may || book.tried.count(start.link) > 0 || book.cannot.count(start.link) > 0)
      fail(Check::wrong_link, id(start.task.value) + " is done by another than whose turn it is");
    if (is_provider_full(start.task, start.link, 1))
      fail(Check::asks_who_cannot_serve, id(start.task.value) + " asks a provider that cannot serve");
  }

  // Whether an attempt's provider can serve others, as far as its end tells.
  void judge_provider(TaskIndex task, std::uint32_t link, const model::Outcome& outcome) {
    if (plan_.task(task).links.empty() || !outcome.agent || outcome.verdict == model::Verdict::interrupted ||
        outcome.verdict == model::Verdict::cancelled)
      return;
    Provider& its = provider(task, link);
    if (!outcome.agent->failure) {
      its.is_tried &= its.is_paused;
      return;
    }
    its.told = std::max(its.told, time_ + outcome.agent->retry_after.value_or(Duration{}));
    its.is_paused = its.is_tried = its.was_paused = true;
    paused_ = &its;
  }

  // Who can be done by another does not wait for a provider that cannot serve.
  void check_pause(const Step& step, const Scheduler& scheduler) {
    if (Provider* const paused = std::exchange(paused_, nullptr)) {
      for (const model::RunEvent& event : step.events) {
        if (event.kind == model::RunEventKind::agent_paused) paused->until = *event.until;
      }
      if (paused->until < paused->told)
        fail(Check::asks_who_cannot_serve, "a provider will be asked before it said to come again");
    }
    for (std::uint32_t i = 0; i < books_.size(); ++i) {
      const auto& links = plan_.task({i}).links;
      const Scheduler::TaskView view = scheduler.task({i});
      if (view.state != model::TaskState::ready || links.empty()) continue;
      if (!provider({i}, link_of(view.agent, {i})).is_paused) continue;
      for (std::uint32_t link = 0; link < links.size(); ++link) {
        if (books_[i].tried.count(link) == 0 && books_[i].cannot.count(link) == 0 &&
            !provider({i}, link).is_paused)
          fail(Check::waits_for_who_cannot_serve, id(i) + " waits for one, and another could do it");
      }
    }
  }

  // Whether its provider cannot be asked by so many more: by one at a time after it could not serve.
  [[nodiscard]] bool is_provider_full(TaskIndex task, std::uint32_t link, int more = 0) {
    if (plan_.task(task).links.empty()) return false;
    const Provider& its = provider(task, link);
    if (its.is_paused) return true;
    if (!its.is_tried) return false;
    const auto asking = std::count_if(running_.begin(), running_.end(), [&](const auto& attempt) {
      return !plan_.task(attempt.first).links.empty() &&
             &provider(attempt.first, attempt.second.link) == &its;
    });
    return asking >= 1 + more;
  }

  // Whether a task, or something below it, lost or was taken back since.
  [[nodiscard]] bool is_void(TaskIndex task, std::uint64_t since) const {
    if (books_[task.value].void_since >= since) return true;
    const auto needs = plan_.graph.needs(task);
    const auto is_void_too = [this, since](TaskIndex below) { return is_void(below, since); };
    return std::any_of(needs.begin(), needs.end(), is_void_too) ||
           std::any_of(books_[task.value].from.begin(), books_[task.value].from.end(),
                       [this, since](TaskIndex below) { return books_[below.value].void_since >= since; });
  }

  // What can start has started, the best first; what has all it needs does not wait.
  void check_nothing_idles(const Step& step, const Scheduler& scheduler) {
    if (stopping_ || question_open_ || scheduler.is_finished()) return;
    std::vector<TaskIndex> could_start;
    for (std::uint32_t i = 0; i < books_.size(); ++i) {
      const TaskIndex task{i};
      const model::TaskState state = scheduler.task(task).state;
      if (state == model::TaskState::waiting && asked_of_conditions_.count(task) == 0)
        check_waits(task, scheduler);
      if (state != model::TaskState::ready) continue;
      const std::uint32_t link = link_of(scheduler.task(task).agent, task);
      if (!is_agent_full(task, link) && !is_provider_full(task, link)) could_start.push_back(task);
    }
    if (could_start.empty()) return;
    if (running_.size() < static_cast<std::size_t>(parallel_))
      fail(Check::could_start, "a task could start, and does not");
    for (const Action& action : step.actions) {
      const auto* start = std::get_if<StartAttempt>(&action);
      if (start == nullptr) continue;
      for (const TaskIndex task : could_start) {
        if (goes_before(task, start->task)) {
          fail(Check::starts_before_better,
               fmt::format("{} starts before {}", id(start->task.value), id(task.value)));
        }
      }
    }
  }

  void check_waits(TaskIndex task, const Scheduler& scheduler) {
    if (books_[task.value].void_since > 0) return;  // it may wait for the one that it lost to
    const auto needs = plan_.graph.needs(task);
    const bool all_ended = std::all_of(needs.begin(), needs.end(), [&scheduler](TaskIndex need) {
      return model::is_final(scheduler.task(need).state);
    });
    if (all_ended) fail(Check::waits_for_nothing, id(task.value) + " waits for nothing");
  }

  [[nodiscard]] bool goes_before(TaskIndex one, TaskIndex other) const {
    const model::PlannedTask &a = plan_.task(one), &b = plan_.task(other);
    if (a.spec.priority != b.spec.priority) return a.spec.priority < b.spec.priority;
    if (a.remaining != b.remaining) return a.remaining > b.remaining;
    return one < other;
  }

  [[nodiscard]] std::uint32_t link_of(std::string_view agent, TaskIndex task) const {
    const auto& links = plan_.task(task).links;
    const auto found = std::find_if(links.begin(), links.end(),
                                    [agent](const model::AgentLink& link) { return link.agent == agent; });
    return static_cast<std::uint32_t>(found - links.begin());
  }
  [[nodiscard]] bool is_of(TaskIndex task, std::uint32_t link, const std::string& agent) const {
    const auto& links = plan_.task(task).links;
    if (link >= links.size()) return false;
    const auto& named = links[link].named;
    return std::find(named.begin(), named.end(), agent) != named.end();
  }
  // Whether one of the agents that a task is done by runs as many as it may, and so many more.
  [[nodiscard]] bool is_agent_full(TaskIndex task, std::uint32_t link, int more = 0) const {
    return std::any_of(plan_.agent_parallel.begin(), plan_.agent_parallel.end(), [&](const auto& cap) {
      if (!is_of(task, link, cap.first)) return false;
      const auto running = std::count_if(running_.begin(), running_.end(), [&](const auto& attempt) {
        return is_of(attempt.first, attempt.second.link, cap.first);
      });
      return running >= cap.second + more;
    });
  }

  [[nodiscard]] bool queues() const {
    return plan_.settings.conflicts.value == model::ConflictStrategy::queue;
  }
  [[nodiscard]] const std::string& id(std::uint32_t task) const { return plan_.tasks[task].id; }
  void fail(Check check, std::string what) {
    if (problem_.empty()) problem_ = {check, std::move(what)};
  }

  const model::Plan& plan_;
  const Script& script_;
  std::vector<Book> books_;
  std::map<TaskIndex, Running> running_;
  std::set<TaskIndex> asked_of_conditions_;
  std::set<TaskIndex> integrated_;
  // Whom an agent asks, by its address.
  struct Provider {
    bool is_paused = false;   // nobody asks it
    bool is_tried = false;    // one asks it at a time
    bool was_paused = false;  // ever
    TimePoint until{};
    TimePoint told{};  // by the provider
  };
  Provider& provider(TaskIndex task, std::uint32_t link) {
    return providers_[plan_.agents.at(plan_.task(task).links.at(link).agent).url];
  }

  std::map<std::string, Provider> providers_;
  Provider* paused_ = nullptr;  // in this step
  TimePoint time_{};
  Accountant money_;
  int parallel_ = 1;
  bool stopping_ = false;
  bool stopped_for_good_ = false;  // but for a resume that retries the failures
  bool question_open_ = false;
  std::uint64_t now_ = 0;
  Problem problem_;
};

}  // namespace fleet::engine::tests
