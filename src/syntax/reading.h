#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "syntax/compiled_pattern.h"

namespace fleet::syntax {

struct Readings {
  std::vector<Reading> all;  // at least one
  std::size_t cut = 0;  // bytes at the end of the text that are a separator outside of the pattern's node
};

// Parses the text of a pattern, whose metavariables become names that it does not hold otherwise. `tried` and
// `on` are for the error.
[[nodiscard]] Result<Readings> read_pattern(const Pattern::Compiled& pattern, const std::string& tried,
                                            const std::string& on);

}  // namespace fleet::syntax
