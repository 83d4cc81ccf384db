#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "engine/scheduler.h"

// What happens when two results cannot both stand. The task that is later in the plan loses, whichever came
// first, so the end of a run does not depend on who was quicker.
namespace fleet::engine {

using model::RunEventKind;
using model::Verdict;

void Scheduler::on(const Conflicted& input) {
  Task& task = at(input.task);
  if (task.phase != Phase::merging || task.serial != input.serial) return;
  FLEET_ASSERT(!input.conflicts.empty(), "a conflict with nobody");
  --merging_;
  if (task.discard) {
    begin_again(input.task);
    return;
  }
  for (const model::Conflict& conflict : input.conflicts) {
    emit(RunEventKind::conflict, conflict.loser,
         fmt::format("{} and {} both changed {}", id(conflict.winner), id(conflict.loser),
                     fmt::join(conflict.paths, ", ")))
        .other = conflict.winner;
  }
  const auto loses = [&input](const model::Conflict& conflict) { return conflict.loser == input.task; };
  if (std::any_of(input.conflicts.begin(), input.conflicts.end(), loses)) {
    // Nothing was integrated, so there is nothing to take back but this result itself.
    task.phase = Phase::waiting;
    lose(input.task, input.conflicts);
    return;
  }
  std::vector<TaskIndex> losers;
  for (const model::Conflict& conflict : input.conflicts)
    losers.push_back(conflict.loser);
  std::sort(losers.begin(), losers.end());
  losers.erase(std::unique(losers.begin(), losers.end()), losers.end());
  for (const TaskIndex loser : losers) {
    // The loser may have been taken back already, with a task that it stands on.
    if (at(loser).phase != Phase::done) continue;
    take_back(loser);
    lose(loser, input.conflicts);
  }
  offer(input.task);
}

// Decides about a task whose result gave way and which is back at waiting.
void Scheduler::lose(TaskIndex loser, const std::vector<model::Conflict>& conflicts) {
  Task& task = at(loser);
  task.snapshot = task.base = {};
  std::string reason;
  for (const model::Conflict& conflict : conflicts) {
    if (conflict.loser != loser) continue;
    if (!reason.empty()) reason += "; ";
    reason += fmt::format("conflicts with {} in {}", id(conflict.winner), fmt::join(conflict.paths, ", "));
    if (settings_.conflicts.value == model::ConflictStrategy::queue &&
        std::find(task.after.begin(), task.after.end(), conflict.winner) == task.after.end()) {
      task.after.push_back(conflict.winner);
      at(conflict.winner).before.push_back(loser);
    }
  }
  recount(loser);
  if (settings_.conflicts.value != model::ConflictStrategy::queue) {
    settle(loser, Phase::failed, std::move(reason));
  } else {
    must_ask(loser, std::move(reason));
    reconsider(loser);
  }
}

// Takes back an integrated result, and everything that was built on it.
void Scheduler::take_back(TaskIndex loser) {
  std::vector<TaskIndex> reached{loser};
  std::vector<bool> seen(tasks_.size());
  seen[loser.value] = true;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for_each_dependent(reached[i], [&](TaskIndex dependent) {
      if (!seen[dependent.value]) reached.push_back(dependent);
      seen[dependent.value] = true;
    });
  }
  Withdraw withdrawal;
  for (const TaskIndex index : reached) {
    if (at(index).phase == Phase::done && !at(index).snapshot.is_none()) withdrawal.tasks.push_back(index);
    if (start_over(index)) {
      emit(RunEventKind::task_withdrawn, index, "its result is taken back after a conflict");
      if (index != loser) must_ask(index, "what it was built on has changed");
    }
    if (index != loser) at(index).ended = at(index).failures = 0;
  }
  std::sort(withdrawal.tasks.begin(), withdrawal.tasks.end());
  step_.actions.push_back(std::move(withdrawal));
  for (const TaskIndex index : reached) {
    recount(index);
  }
}

// Brings one task back to waiting; true when it had a result or an end that is void now.
bool Scheduler::start_over(TaskIndex index) {
  Task& task = at(index);
  switch (task.phase) {
    case Phase::done:
    case Phase::failed:
      unsettle(index);
      task.snapshot = task.base = {};
      task.outputs.clear();
      task.feedback.clear();
      return true;
    case Phase::skipped:
      if (task.skip_cause != SkipCause::decision) unsettle(index);
      return false;
    case Phase::ready:
      ready_.remove(index);
      task.phase = Phase::waiting;
      return false;
    case Phase::backing_off:
      task.phase = Phase::waiting;
      return false;
    case Phase::running:
      if (!task.stop_sent)
        step_.actions.push_back(StopAttempt{index, task.serial, Verdict::cancelled, false});
      task.stop_sent = true;
      task.discard = true;
      return false;
    case Phase::merging:
    case Phase::conditioning:
      task.discard = true;
      return false;
    case Phase::waiting:
    case Phase::asking:
    case Phase::cancelled:
      return false;
  }
  return false;
}

}  // namespace fleet::engine
