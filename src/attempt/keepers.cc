#include "attempt/keepers.h"

#include <algorithm>

namespace fleet::attempt {
namespace {

bool keeps(const model::PlannedTask& task) {
  return !task.spec.keep.empty();
}

}  // namespace

Keepers::Keepers(const model::Plan& plan)
    : plan_(plan), any_(std::any_of(plan.tasks.begin(), plan.tasks.end(), keeps)) {}

std::vector<TaskIndex> Keepers::above(TaskIndex task) const {
  if (!any_) return {};
  std::vector<TaskIndex> found = ancestors(plan_, task);
  found.erase(std::remove_if(found.begin(), found.end(),
                             [this](TaskIndex above) { return !keeps(plan_.task(above)); }),
              found.end());
  return found;
}

std::vector<TaskIndex> ancestors(const model::Plan& plan, TaskIndex task) {
  std::vector<bool> seen(plan.tasks.size());
  std::vector<TaskIndex> found{task};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const TaskIndex need : plan.graph.needs(found[i])) {
      if (!seen[need.value]) found.push_back(need);
      seen[need.value] = true;
    }
  }
  found.erase(found.begin());
  std::sort(found.rbegin(), found.rend());
  return found;
}

}  // namespace fleet::attempt
