#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/machine.h"
#include "sim/script.h"

namespace fleet::engine::tests {

// What git does with results, in small: two clash when they change the same path and neither stands on the
// other. A snapshot is known by the serial of its attempt.
class Integrator {
 public:
  struct Result {
    Serial attempt = 0;
    std::set<TaskIndex> from;
  };

  Integrator(const Script& script, const model::Plan& plan) : script_(script), plan_(plan) {}

  // A result that an attempt left; kept for good, as a commit is.
  void keep(Serial attempt, std::set<TaskIndex> from) {
    results_[snapshot(attempt)] = {attempt, std::move(from)};
  }
  [[nodiscard]] static ObjectId snapshot(Serial attempt) { return Machine::object(attempt); }

  // What a new process takes for integrated.
  void restore(const Scheduler& scheduler) {
    accepted_.clear();
    for (const TaskIndex task : scheduler.accepted())
      accepted_[task] = find(scheduler.task(task).snapshot);
  }

  [[nodiscard]] Input merge(const Merge& offer) {
    const TaskScript& script = script_.tasks[offer.task.value];
    if (script.vain) return Merged{offer.task, offer.serial, {}, "cannot be integrated"};
    if (accepted_.count(offer.task) > 0) broken_ = plan_.task(offer.task).id + " is integrated twice";
    const Result result = find(offer.snapshot);
    std::vector<model::Conflict> conflicts;
    for (const auto& [other, its] : accepted_) {
      const bool stands_on = result.from.count(other) > 0 || its.from.count(offer.task) > 0;
      if (stands_on || !share_a_path(script, script_.tasks[other.value])) continue;
      conflicts.push_back({std::max(other, offer.task), std::min(other, offer.task), {"path"}});
    }
    if (!conflicts.empty() && !offer.earlier_wins) return Conflicted{offer.task, offer.serial, conflicts};
    accepted_.emplace(offer.task, result);
    return Merged{offer.task, offer.serial, conflicts, {}};
  }

  void withdraw(const Withdraw& action) {
    for (const TaskIndex task : action.tasks)
      accepted_.erase(task);
  }

  [[nodiscard]] std::vector<TaskIndex> accepted() const {
    std::vector<TaskIndex> all;
    for (const auto& [task, result] : accepted_)
      all.push_back(task);
    return all;
  }
  [[nodiscard]] const std::map<TaskIndex, Result>& results() const { return accepted_; }
  // What it was asked for that can never be right.
  [[nodiscard]] const std::string& broken() const { return broken_; }

 private:
  [[nodiscard]] Result find(const ObjectId& snapshot) const {
    const auto found = results_.find(snapshot);
    return found == results_.end() ? Result{} : found->second;
  }

  const Script& script_;
  const model::Plan& plan_;
  std::unordered_map<ObjectId, Result> results_;
  std::map<TaskIndex, Result> accepted_;
  std::string broken_;
};

}  // namespace fleet::engine::tests
