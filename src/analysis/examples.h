#pragma once

#include "analysis/rule_set.h"
#include "model/diagnostic.h"

namespace fleet::analysis {

// Tries every rule on its own examples, in each of its languages: says which of them it does not find, which
// it finds and should not, and which do not parse.
[[nodiscard]] model::Diagnostics check_examples(const RuleSet& rules);

}  // namespace fleet::analysis
