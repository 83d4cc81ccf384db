#pragma once

#include <vector>

#include "model/plan.h"

namespace fleet::plan {

// How long the run takes if every task takes its duration once, succeeds, and starts as the engine starts it:
// list scheduling (Graham 1969) of ready tasks by priority, then longest remaining path, then plan order,
// with at most `settings.parallel` at once and the caps of agents. Needs the plan's tasks, graph and
// `remaining`. O((V + E) log V).
[[nodiscard]] Duration simulate(const model::Plan& plan, const std::vector<Duration>& durations);

}  // namespace fleet::plan
