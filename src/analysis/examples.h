#pragma once

#include "analysis/rule_set.h"
#include "model/diagnostic.h"

namespace fleet::analysis {

// Tries every rule on its own examples, in each of its languages: says which of them it does not find, which
// it finds and should not, and which do not parse. `only_of`: the rules of this file, or all where it is
// empty.
[[nodiscard]] model::Diagnostics check_examples(const RuleSet& rules, std::string_view only_of = {});

}  // namespace fleet::analysis
