#pragma once

#include <optional>

#include "analysis/compiled_rules.h"
#include "analysis/file_limit.h"
#include "analysis/hit.h"

namespace fleet::analysis {

// Looks for the rules of one language, or of text where `tree` is null, in a file. `only`: the id of the one
// rule that is looked for, whatever its globs say. What it finds is added to the hits, and the rules that
// looked at all of the file to `ran`, unless the limit was reached.
void run_rules(const CompiledRules& rules, const SourceFile& file, const syntax::Tree* tree,
               std::optional<std::string_view> only, FileLimit& limit, std::vector<Hit>& hits,
               std::vector<std::string_view>& ran);

}  // namespace fleet::analysis
