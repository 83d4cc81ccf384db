#pragma once

#include "model/plan.h"
#include "model/workflow.h"
#include "plan/planner.h"

namespace fleet::plan {

// Each setting from the strongest who gave it: command line, environment, workflow file, built in.
[[nodiscard]] model::Settings settings(const model::Workflow& workflow, const PlanOptions& options);

// Applies the workflow's defaults and the overrides to a task: afterwards `spec` is complete, and its timeout
// and retries agree with the settings beside it.
void apply_defaults(const model::Workflow& workflow, const PlanOptions& options, model::PlannedTask& task);

}  // namespace fleet::plan
