#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "syntax/tree.h"

namespace fleet::syntax {

// A range of the source, and what became of it in the result. A list of them is in order, and none overlap.
struct Edit {
  Span from;
  Span to;
};

// Fails with Fault::input where the result is understood less well than the source: at its first error that
// does not stand where the source had one already. An error may change within its bounds (there the parser
// only guesses), but neither grow over what was understood, nor be doubled. Between the edits the two texts
// are the same.
[[nodiscard]] Result<> check_still_parses(std::string_view path, const Tree& before, const Tree& after,
                                          const std::vector<Edit>& edits);

// Fails with Fault::input where a word, comment or string of the result reaches over the edge of what was
// written.
[[nodiscard]] Result<> check_edges(std::string_view path, const Tree& after, const std::vector<Edit>& edits);

}  // namespace fleet::syntax
