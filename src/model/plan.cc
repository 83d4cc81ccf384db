#include "model/plan.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace fleet::model {

namespace {

std::vector<TaskIndex> joined(const std::vector<std::vector<TaskIndex>>& rows) {
  std::vector<TaskIndex> all;
  for (const std::vector<TaskIndex>& row : rows)
    all.insert(all.end(), row.begin(), row.end());
  return all;
}

std::vector<std::uint32_t> lengths_of(const std::vector<std::vector<TaskIndex>>& rows) {
  std::vector<std::uint32_t> lengths(rows.size());
  std::transform(rows.begin(), rows.end(), lengths.begin(),
                 [](const auto& row) { return static_cast<std::uint32_t>(row.size()); });
  return lengths;
}

}  // namespace

Graph::Graph(const std::vector<std::vector<TaskIndex>>& needs) : Graph(joined(needs), lengths_of(needs)) {}

Graph::Graph(std::vector<TaskIndex> needs, const std::vector<std::uint32_t>& lengths)
    : dependent_start_(lengths.size() + 1), needs_(std::move(needs)) {
  const std::size_t size = lengths.size();
  need_start_.reserve(size + 1);
  need_start_.push_back(0);
  auto from = needs_.begin();
  auto to = needs_.begin();  // never behind `from`
  for (const std::uint32_t length : lengths) {
    const auto end = from + length;
    std::sort(from, end);
    to = std::unique_copy(from, end, to);
    from = end;
    need_start_.push_back(static_cast<std::uint32_t>(to - needs_.begin()));
  }
  FLEET_ASSERT(from == needs_.end(), "the rows' lengths are those of the list");
  needs_.erase(to, needs_.end());
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
