#pragma once

#include <vector>

#include "model/plan.h"

namespace fleet::plan {

struct Foreseen {
  std::vector<model::ForeseenConflict> conflicts;  // by first, then second, in plan order
  bool complete = true;                            // false: a bound was met, and there may be more
};

inline constexpr std::size_t kMaxConflicts = 1000;

// Pairs of tasks that no chain of needs orders and that may change the same path, each with one such path.
// Globs are compared exactly. What a task may change is what its `writes` and `expect` declare; a task that
// declares neither may change anything, and says nothing worth a warning: such tasks are left out.
// `plan` needs its tasks and graph.
[[nodiscard]] Foreseen foresee_conflicts(const model::Plan& plan);

}  // namespace fleet::plan
