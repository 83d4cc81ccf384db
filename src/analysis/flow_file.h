#pragma once

#include "analysis/flow_facts.h"
#include "yaml/problems.h"

namespace fleet::analysis {

// Items of `sources` and `sanitizers` of a file of rules.
[[nodiscard]] FlowSource read_flow_source(yaml::Problems& problems, yaml::Node node);
[[nodiscard]] Sanitizer read_sanitizer(yaml::Problems& problems, yaml::Node node);

}  // namespace fleet::analysis
