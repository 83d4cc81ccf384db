#pragma once

#include <optional>

#include "analysis/compiled_rules.h"
#include "analysis/rule_set.h"

namespace fleet::analysis {

// Looks for the rules of one language, or of text, in a file, and adds what it finds to the result. `only`:
// the id of the one rule that is looked for, whatever its globs say.
void run_rules(const CompiledRules& rules, const SourceFile& file, const syntax::Bounds& bounds,
               std::optional<std::string_view> only, RuleResult& into);

}  // namespace fleet::analysis
