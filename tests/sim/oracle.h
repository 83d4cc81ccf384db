#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "model/attempt.h"
#include "sim/script.h"

namespace fleet::engine::tests {

// How a run has to end that nobody interferes with, worked out one task after the other in plan order, with
// no notion of time: what the scheduler must come to whatever is quicker, and however often it is killed.
struct Oracle {
  struct End {
    model::TaskState state = model::TaskState::waiting;
    bool accepted = false;
    std::optional<std::set<TaskIndex>> from;  // none: it did not begin
  };
  std::vector<End> ends;

  Oracle(const model::Plan& plan, const Script& script) : ends(plan.tasks.size()) {
    for (std::uint32_t i = 0; i < ends.size(); ++i)
      ends[i] = end_of(plan, script, {i});
  }

 private:
  // What a task that stands on this one starts from.
  [[nodiscard]] std::set<TaskIndex> with(const model::Plan& plan, TaskIndex index) const {
    const End& end = ends[index.value];
    std::set<TaskIndex> all = end.from ? *end.from : below(plan, index);
    if (end.accepted) all.insert(index);
    return all;
  }
  [[nodiscard]] std::set<TaskIndex> below(const model::Plan& plan, TaskIndex index) const {
    std::set<TaskIndex> all;
    for (const TaskIndex need : plan.graph.needs(index))
      all.merge(with(plan, need));
    return all;
  }

  [[nodiscard]] End end_of(const model::Plan& plan, const Script& script, TaskIndex index) const {
    using model::TaskState;
    const model::PlannedTask& planned = plan.task(index);
    const TaskScript& task = script.tasks[index.value];
    std::vector<TaskState> needs;
    bool all_done = true;
    for (const TaskIndex need : plan.graph.needs(index)) {
      needs.push_back(ends[need.value].state);
      all_done &= needs.back() == TaskState::done;
    }
    if (!all_done && !planned.runs_after_failure) return {TaskState::skipped, false, {}};
    if (planned.spec.condition && !condition_holds(task, needs)) return {TaskState::skipped, false, {}};

    End end{TaskState::done, false, below(plan, index)};
    const int links = std::max(1, static_cast<int>(planned.links.size()));
    const int tries = task.bad == model::Verdict::blocked ? links : links * (1 + planned.retries.value);
    if (task.bad_tries >= tries) {
      end.state = TaskState::failed;
      return end;
    }
    if (!task.changes) return end;
    // All that it clashes with, before it stands on any of it.
    std::vector<TaskIndex> winners;
    for (std::uint32_t i = 0; i < index.value; ++i) {
      if (ends[i].accepted && share_a_path(task, script.tasks[i]) && end.from->count({i}) == 0) {
        winners.push_back({i});
      }
    }
    using model::ConflictStrategy;
    const ConflictStrategy strategy = plan.settings.conflicts.value;
    if (task.vain) {
      return {TaskState::failed, false, {}};
    }
    if (strategy == ConflictStrategy::fail && !winners.empty()) {
      end.state = TaskState::failed;
      return end;
    }
    if (strategy == ConflictStrategy::queue) {
      for (const TaskIndex winner : winners)
        end.from->merge(with(plan, winner));
    }
    end.accepted = true;
    return end;
  }
};

}  // namespace fleet::engine::tests
