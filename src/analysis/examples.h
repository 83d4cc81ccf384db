#pragma once

#include <string>
#include <vector>

#include "analysis/rule_set.h"
#include "analysis/secrets.h"
#include "model/diagnostic.h"

namespace fleet::analysis {

// Tries every rule on its own examples, in each of its languages: says which of them it does not find, which
// it finds and should not, and which do not parse.
[[nodiscard]] model::Diagnostics check_examples(const RuleSet& rules);

// The same of the rules for secrets: `secrets.github-token: its example 2 is not found`. The examples
// themselves look like secrets, and are not shown.
[[nodiscard]] std::vector<std::string> check_examples(const SecretScanner& secrets);

}  // namespace fleet::analysis
