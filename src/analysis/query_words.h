#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fleet::analysis {

// What a source has to hold for one pattern of a query to be found: of each group, one of its words.
using NeededWords = std::vector<std::vector<std::string>>;

// For each pattern of a query (in tree-sitter's language; it is known to compile) what `#eq?` and `#any-of?`
// ask of captures that every match has. One in some of several alternatives only, or in what may be missing,
// asks for nothing.
[[nodiscard]] std::vector<NeededWords> words_needed_by(std::string_view query);

}  // namespace fleet::analysis
