#pragma once

#include <string>
#include <vector>

#include "app/checkout.h"
#include "app/load.h"
#include "base/enum_names.h"
#include "base/exit_code.h"

namespace fleet::app {

enum class PlanFormat { tree, json, mermaid, dot };

struct PlanRequest {
  Where where;
  WorkflowChoice workflow;
  PlanFormat format = PlanFormat::tree;
  std::vector<std::string> revisions{};  // that a run would use, and that have to be there
};
[[nodiscard]] Result<base::ExitCode> show_plan(World& world, const PlanRequest& request);

}  // namespace fleet::app

namespace fleet {
FLEET_ENUM_NAMES(app::PlanFormat, "tree", "json", "mermaid", "dot");
}
