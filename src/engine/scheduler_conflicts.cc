#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/assert.h"
#include "engine/scheduler.h"

// How results are integrated, and what happens when two of them cannot both stand. The task that is later in
// the plan loses, whichever came first, so the end of a run does not depend on who was quicker. A loser is
// held until all before it in the plan are settled, and is then offered again: only then is it sure whom it
// loses to, if to anybody still.
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

std::string describe_clash(const model::Conflict& conflict) {
  std::string paths = describe_paths(conflict.paths);
  if (conflict.unmergeable.empty()) return paths;
  const bool all = conflict.unmergeable.size() == conflict.paths.size();
  return fmt::format("{} ({}binary, or too large to merge)", paths,
                     all ? "" : describe_paths(conflict.unmergeable) + ": ");
}

}  // namespace

void Scheduler::on(const Merged& input) {
  Task& task = at(input.task);
  if (task.phase != Phase::merging || task.serial != input.serial) return;
  --merging_;
  if (task.discard) {
    begin_again(input.task);
    return;
  }
  if (!input.error.empty()) {
    take_back(input.task, input.error);
    undo_first(input.task);
    forget_results(task);
    settle(input.task, Phase::failed, input.error);
    return;
  }
  for (const model::Conflict& conflict : input.overridden) {
    emit(RunEventKind::conflict, conflict.loser,
         fmt::format("{} stands; {} gives way in {}", id(conflict.winner), id(conflict.loser),
                     describe_clash(conflict)))
        .other = conflict.winner;
  }
  task.rollback_due = false;
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
  const auto stands = [&](TaskIndex index) { return index == input.task || has_result(index); };
  for (const model::Conflict& conflict : input.conflicts) {
    FLEET_ASSERT(conflict.winner < conflict.loser, "the later task of a conflict has to lose");
    // What the offer was compared with has been taken back since: the answer may be another one now.
    if (!stands(conflict.winner) || !stands(conflict.loser)) return offer(input.task);
  }
  std::vector<TaskIndex> losers;
  for (const model::Conflict& conflict : input.conflicts)
    losers.push_back(conflict.loser);
  std::sort(losers.begin(), losers.end());
  losers.erase(std::unique(losers.begin(), losers.end()), losers.end());
  const bool loses = std::binary_search(losers.begin(), losers.end(), input.task);
  if (loses) losers = {input.task};
  for (const TaskIndex loser : losers) {
    // It may have been taken back already, with a task that it stands on.
    if (!loses && !has_result(loser)) continue;
    take_back(loser, "it conflicts with " + id(input.task));
    lose(loser, input.conflicts);
  }
  if (!loses) {
    offer(input.task);
  } else if (task.phase == Phase::held) {
    emit(RunEventKind::task_withdrawn, input.task,
         "its result is held back until all before it have ended: it " + task.reason);
  }
}

// Decides about a task whose result gave way and which is back at waiting, with that result.
void Scheduler::lose(TaskIndex loser, const std::vector<model::Conflict>& conflicts) {
  Task& task = at(loser);
  std::string reason;
  for (const model::Conflict& conflict : conflicts) {
    if (conflict.loser != loser) continue;
    if (!reason.empty()) reason += "; ";
    reason += fmt::format("conflicts with {} in {}", id(conflict.winner), describe_clash(conflict));
  }
  if (!task.cancel && !all_settled_before(loser)) {
    task.phase = Phase::held;
    task.reason = std::move(reason);
    held_.insert(loser);
    return;
  }
  bool stands_on_winners = true;
  std::vector<TaskIndex> winners;
  for (const model::Conflict& conflict : conflicts) {
    if (conflict.loser != loser) continue;
    emit(RunEventKind::conflict, loser,
         fmt::format("{} and {} both changed {}", id(conflict.winner), id(loser), describe_clash(conflict)))
        .other = conflict.winner;
    winners.push_back(conflict.winner);
    stands_on_winners &= std::binary_search(task.from->begin(), task.from->end(), conflict.winner);
  }
  // Running on top of the same results once more would not help.
  undo_first(loser);
  if (settings_.conflicts.value != model::ConflictStrategy::queue || stands_on_winners) {
    settle(loser, Phase::failed, std::move(reason));
    return;
  }
  for (const TaskIndex winner : winners) {
    if (std::find(task.after.begin(), task.after.end(), winner) != task.after.end()) continue;
    task.after.push_back(winner);
    at(winner).before.push_back(loser);
  }
  forget_results(task);
  must_ask(loser, std::move(reason));
  reconsider(loser);
}

// In plan order a task stands behind all it needs, so the first that is held waits for none that is.
void Scheduler::offer_held() {
  while (!held_.empty()) {
    const TaskIndex first = *held_.begin();
    if (at(first).phase == Phase::held) {
      if (!all_settled_before(first)) return;
      at(first).reason.clear();
      offer(first);
    }
    held_.erase(first);
  }
}

bool Scheduler::all_settled_before(TaskIndex index) {
  while (settled_before_ < index.value && is_settled({settled_before_}))
    ++settled_before_;
  return settled_before_ >= index.value;
}

// Takes back a result that was offered or integrated, and everything that was built on it. Leaves the task
// itself waiting, with its result.
void Scheduler::take_back(TaskIndex loser, const std::string& why) {
  const std::vector<TaskIndex> touched = touched_by_loss_of(loser);
  Withdraw withdrawal;
  for (const TaskIndex index : touched) {
    Task& task = at(index);
    // An offer that is under way is integrated before this withdrawal is, or not at all.
    if (has_result(index) || (task.phase == Phase::merging && index != loser))
      withdrawal.tasks.push_back(index);
    if (task.phase == Phase::merging && index == loser) {
      task.phase = Phase::waiting;
      continue;
    }
    if (index == loser) {
      unsettle(index);
    } else if (!start_over(index)) {
      continue;
    }
    emit(RunEventKind::task_withdrawn, index,
         index == loser ? "its result is taken back: " + why : "what it was built on has changed");
  }
  std::sort(withdrawal.tasks.begin(), withdrawal.tasks.end());
  if (!withdrawal.tasks.empty()) step_.actions.push_back(std::move(withdrawal));
  // One whose needs are all settled still, because the way to it leads over a cancelled task.
  for (const TaskIndex index : touched) {
    if (index != loser) reconsider(index);
  }
}

// The loser and all that stands on it; nothing does yet where it was only offered.
std::vector<TaskIndex> Scheduler::touched_by_loss_of(TaskIndex loser) {
  marks_.clear();
  std::vector<TaskIndex> touched;
  const auto touch = [&](TaskIndex index) {
    if (marks_.add(index)) touched.push_back(index);
  };
  touch(loser);
  if (!has_result(loser)) return touched;
  for (std::size_t i = 0; i < touched.size(); ++i)
    for_each_dependent(touched[i], touch);
  return touched;
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
