#pragma once

#include "model/diagnostic.h"
#include "model/workflow.h"

namespace fleet::workflow {

// What a valid workflow asks for and this build cannot honour yet, each with its place. A run that would need
// any of it must not start: a bound that silently does not bind is worse than none. An agent that no task
// uses is no obstacle.
[[nodiscard]] model::Diagnostics unsupported(const model::Workflow& workflow);

}  // namespace fleet::workflow
