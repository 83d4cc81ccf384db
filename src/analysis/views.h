#pragma once

#include <string>
#include <string_view>

#include "analysis/code.h"
#include "analysis/rule.h"

namespace fleet::analysis {

// A copy of a source in which all that a rule does not look at is blank, so that every position stays:
//   code     without comments and without what is in strings
//   comment  comments alone
//   string   what is between the quotes of strings alone
//   script   of YAML: the texts of `run:` and `script:` alone
// Without a tree, `code` is all but comments that begin with `#`, and `comment` and `string` are empty.
[[nodiscard]] std::string view_of(View view, std::string_view source, const Code* code);

}  // namespace fleet::analysis
