#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/action.h"
#include "model/plan.h"
#include "text/expression.h"

namespace fleet::attempt {

// What expressions may ask about the run as a whole.
struct RunFacts {
  std::string run;  // its id
  // Whether a path that one of the globs matches differs between the base of the run and its start.
  std::function<Result<bool>(const std::vector<std::string>& globs)> changed;
};

// What the `${{ }}` and the `if` of a task are evaluated against when it is about to start: `env`, `matrix`,
// `inputs`, `needs` and `run`. A task with a matrix counts as one need: its outputs are put together in plan
// order, its result is the worst of its cells. Keeps references to its arguments. An Error where a variable
// of `env` cannot be evaluated.
[[nodiscard]] Result<text::Context> context(const model::Plan& plan, const model::PlannedTask& task,
                                            const std::vector<engine::NeedResult>& needs,
                                            const RunFacts& facts);

// Whether the task's `if` holds.
[[nodiscard]] Result<bool> condition_holds(const model::Plan& plan, const model::PlannedTask& task,
                                           const std::vector<engine::NeedResult>& needs,
                                           const RunFacts& facts);

}  // namespace fleet::attempt
