#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/checkout.h"
#include "app/world.h"
#include "model/plan.h"
#include "model/workflow.h"
#include "plan/planner.h"

namespace fleet::app {

inline constexpr const char* kDefaultWorkflow = ".fleet/workflow.yml";

// Which workflow, and what the command line says about it.
struct WorkflowChoice {
  std::string path = kDefaultWorkflow;                // relative to the folder we stand in
  std::vector<std::string> inputs;                    // NAME=VALUE
  std::map<std::string, std::string> earlier_inputs;  // of a run before: for those that are not given
  plan::Overrides overrides;
};

struct Loaded {
  model::Workflow workflow;
  model::Plan plan;
};

// Whether the plan is only to be looked at, or to be run, in which case all that this build cannot honour is
// refused.
enum class Purpose { look, run };

// Reads, validates and plans. Everything that is wrong with the file is shown on standard error, in one go;
// the Error then only says that it was.
[[nodiscard]] Result<Loaded> load(const World& world, const Checkout& checkout, const Where& where,
                                  const WorkflowChoice& choice, Purpose purpose);

}  // namespace fleet::app
