#include "model/plan.h"

#include <algorithm>

#include "base/assert.h"

namespace fleet::model {

Graph::Graph(const std::vector<std::vector<TaskIndex>>& needs) {
  const std::size_t size = needs.size();
  need_start_.reserve(size + 1);
  need_start_.push_back(0);
  dependent_start_.assign(size + 1, 0);
  for (const std::vector<TaskIndex>& row : needs) {
    const auto begin = static_cast<std::ptrdiff_t>(needs_.size());
    needs_.insert(needs_.end(), row.begin(), row.end());
    std::sort(needs_.begin() + begin, needs_.end());
    needs_.erase(std::unique(needs_.begin() + begin, needs_.end()), needs_.end());
    need_start_.push_back(static_cast<std::uint32_t>(needs_.size()));
  }
  for (const TaskIndex need : needs_) {
    FLEET_ASSERT(need.value < size, "an edge leads out of the graph");
    ++dependent_start_[need.value + 1];
  }
  for (std::size_t i = 0; i < size; ++i)
    dependent_start_[i + 1] += dependent_start_[i];
  dependents_.resize(needs_.size());
  std::vector<std::uint32_t> next(dependent_start_.begin(), dependent_start_.end());
  for (std::uint32_t task = 0; task < size; ++task) {
    for (const TaskIndex need : this->needs({task}))
      dependents_[next[need.value]++] = {task};
  }
}

std::optional<TaskIndex> Plan::find(std::string_view id) const {
  for (std::uint32_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].id == id) return TaskIndex{i};
  }
  return std::nullopt;
}

}  // namespace fleet::model
