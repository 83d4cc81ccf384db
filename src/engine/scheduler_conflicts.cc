#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/assert.h"
#include "engine/scheduler.h"

// How results are integrated, and what happens when two of them cannot both stand. The task that is later in
// the plan loses, whichever came first, so the end of a run does not depend on who was quicker.
namespace fleet::engine {

using model::RunEventKind;

namespace {

std::string describe_paths(const std::vector<std::string>& paths) {
  constexpr std::size_t kMost = 5;
  const std::size_t shown = std::min(paths.size(), kMost);
  std::string text = fmt::format("{}", fmt::join(std::span(paths).first(shown), ", "));
  if (paths.size() > shown) text += fmt::format(" and {} more", paths.size() - shown);
  return text;
}

}  // namespace

void Scheduler::on(const Merged& input) {
  Task& task = at(input.task);
  if (task.phase != Phase::merging || task.serial != input.serial) return;
  --merging_;
  if (task.discard) {
    if (input.error.empty()) step_.actions.push_back(Withdraw{{input.task}});
    begin_again(input.task);
    return;
  }
  if (!input.error.empty()) {
    take_back(input.task, input.error);
    forget_results(task);
    settle(input.task, Phase::failed, input.error);
    return;
  }
  for (const model::Conflict& conflict : input.overridden) {
    emit(RunEventKind::conflict, conflict.loser,
         fmt::format("{} stands; {} gives way in {}", id(conflict.winner), id(conflict.loser),
                     describe_paths(conflict.paths)))
        .other = conflict.winner;
  }
  settle(input.task, Phase::done, {});
}

void Scheduler::on(const Conflicted& input) {
  Task& task = at(input.task);
  if (task.phase != Phase::merging || task.serial != input.serial) return;
  FLEET_ASSERT(!input.conflicts.empty(), "a conflict with nobody");
  --merging_;
  if (task.discard) {
    begin_again(input.task);
    return;
  }
  std::vector<model::Conflict> conflicts;
  std::vector<TaskIndex> losers;
  for (const model::Conflict& conflict : input.conflicts) {
    FLEET_ASSERT(conflict.winner < conflict.loser, "the later task of a conflict has to lose");
    FLEET_ASSERT(conflict.winner == input.task || conflict.loser == input.task, "a conflict of two others");
    // What the offer was compared with may have been taken back since.
    if (!has_result(conflict.loser == input.task ? conflict.winner : conflict.loser)) continue;
    emit(RunEventKind::conflict, conflict.loser,
         fmt::format("{} and {} both changed {}", id(conflict.winner), id(conflict.loser),
                     describe_paths(conflict.paths)))
        .other = conflict.winner;
    conflicts.push_back(conflict);
    losers.push_back(conflict.loser);
  }
  std::sort(losers.begin(), losers.end());
  const bool loses = std::binary_search(losers.begin(), losers.end(), input.task);
  if (loses) losers = {input.task};
  for (const TaskIndex loser : losers) {
    // It may have been taken back already, with a task that it stands on.
    if (!loses && !has_result(loser)) continue;
    take_back(loser, "it conflicts with " + id(input.task));
    lose(loser, conflicts);
  }
  if (!loses) offer(input.task);
}

// Decides about a task whose result gave way and which is back at waiting.
void Scheduler::lose(TaskIndex loser, const std::vector<model::Conflict>& conflicts) {
  Task& task = at(loser);
  std::string reason;
  bool stands_on_winner = false;
  std::vector<TaskIndex> winners;
  for (const model::Conflict& conflict : conflicts) {
    if (conflict.loser != loser) continue;
    if (!reason.empty()) reason += "; ";
    reason += fmt::format("conflicts with {} in {}", id(conflict.winner), describe_paths(conflict.paths));
    winners.push_back(conflict.winner);
    stands_on_winner |= std::binary_search(task.from->begin(), task.from->end(), conflict.winner);
  }
  // Running on top of a winner once more would not help.
  if (settings_.conflicts.value != model::ConflictStrategy::queue || stands_on_winner) {
    for (const TaskIndex winner : winners)
      at(winner).beaten.push_back(loser);
    settle(loser, Phase::failed, std::move(reason));
    return;
  }
  for (const TaskIndex winner : winners) {
    if (std::find(task.after.begin(), task.after.end(), winner) != task.after.end()) continue;
    task.after.push_back(winner);
    at(winner).before.push_back(loser);
    if (!is_settled(winner)) ++task.open;
  }
  forget_results(task);
  must_ask(loser, std::move(reason));
  reconsider(loser);
}

// Takes back a result that was offered or integrated, and everything that was built on it. What failed only
// because it conflicted with something that is taken back is offered again. Leaves the task itself waiting,
// with its result.
void Scheduler::take_back(TaskIndex loser, const std::string& why) {
  const std::vector<TaskIndex> touched = touched_by_loss_of(loser);
  Withdraw withdrawal;
  std::vector<TaskIndex> spared;
  for (const TaskIndex index : touched) {
    Task& task = at(index);
    if (has_result(index)) withdrawal.tasks.push_back(index);
    const bool start_stands =
        was_beaten(index) &&
        std::none_of(task.from->begin(), task.from->end(), [this](TaskIndex it) { return marks_.has(it); });
    if (start_stands) spared.push_back(index);
    if (task.phase == Phase::merging && index == loser) {
      task.phase = Phase::waiting;
      continue;
    }
    if (index == loser || start_stands) {
      unsettle(index);
    } else if (!start_over(index)) {
      continue;
    }
    emit(RunEventKind::task_withdrawn, index,
         index == loser ? "its result is taken back: " + why
         : start_stands ? "what it conflicted with is taken back"
                        : "what it was built on has changed");
  }
  std::sort(withdrawal.tasks.begin(), withdrawal.tasks.end());
  if (!withdrawal.tasks.empty()) step_.actions.push_back(std::move(withdrawal));
  for (const TaskIndex index : spared)
    offer(index);
  // One whose needs are all settled still, because the way to it leads over a cancelled task.
  for (const TaskIndex index : touched) {
    if (index != loser) reconsider(index);
  }
}

// The loser, all that stands on it, and what failed because of any of these. Marks them.
std::vector<TaskIndex> Scheduler::touched_by_loss_of(TaskIndex loser) {
  marks_.clear();
  std::vector<TaskIndex> touched;
  const auto touch = [&](TaskIndex index) {
    if (marks_.add(index)) touched.push_back(index);
  };
  touch(loser);
  for (std::size_t i = 0; i < touched.size(); ++i) {
    for_each_dependent(touched[i], touch);
    for (const TaskIndex beaten : std::exchange(at(touched[i]).beaten, {})) {
      if (was_beaten(beaten)) touch(beaten);
    }
  }
  return touched;
}

// Failed by a conflict alone: its result is still there.
bool Scheduler::was_beaten(TaskIndex index) const {
  return at(index).phase == Phase::failed && !at(index).snapshot.is_none();
}

// Of the tasks that a conflict put before this one, only those with a result have something to stand on.
void Scheduler::drop_void_winners(TaskIndex index) {
  const auto is_void = [this, index](TaskIndex winner) {
    if (has_result(winner)) return false;
    if (!is_settled(winner)) --at(index).open;
    std::erase(at(winner).before, index);
    return true;
  };
  std::erase_if(at(index).after, is_void);
}

}  // namespace fleet::engine
