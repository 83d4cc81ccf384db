#pragma once

#include <string_view>
#include <vector>

#include "model/plan.h"
#include "plan/planner.h"

namespace fleet::plan {

// Who does the prompts of an agent, in the order in which they are tried: of `first-of` all, one after the
// other; of `choose-from` the links of the one whose record is best (the first of those that are equal). An
// agent that is reached twice stands where it is reached first. Empty when the name, or one that it leads to,
// is none of an agent: the reader reports that.
[[nodiscard]] std::vector<model::AgentLink> links(const model::Workflow& workflow, std::string_view agent,
                                                  const AgentRecords& records);

}  // namespace fleet::plan
