#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace fleet::base {

// A task's place in the plan, from 0. Plan order is a topological order, and the order in which results are
// merged.
struct TaskIndex {
  std::uint32_t value = 0;
  auto operator<=>(const TaskIndex&) const = default;
};

}  // namespace fleet::base

namespace fleet {
using base::TaskIndex;
}

template <>
struct std::hash<fleet::base::TaskIndex> {
  std::size_t operator()(fleet::base::TaskIndex index) const noexcept { return index.value; }
};
