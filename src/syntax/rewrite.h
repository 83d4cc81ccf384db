#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "syntax/pattern.h"
#include "syntax/tree.h"

namespace fleet::syntax {

// What to write instead of a match: text with the pattern's metavariables. A value, immutable; any thread.
//
// - What the pattern and the replacement have in common keeps its layout: between two neighbouring words that
//   stand in both, the source's blanks, comments and closing separators stay. Renaming a call moves nothing.
// - Further lines of the replacement are indented like the line of the match, and code that a metavariable
//   brings is shifted with the line it lands on, but for the inside of strings. Line ends become the file's.
// - With `$$$ARGS` empty, the comma next to it is left out.
// - With nothing as replacement, a match that has its lines for itself takes them along.
//
// It is text: where a metavariable becomes an operand, the replacement wants parentheses, `($A) * 2`.
class Replacement {
 public:
  // Fault::input for a metavariable that the pattern does not have.
  [[nodiscard]] static Result<Replacement> compile(const Pattern& pattern, std::string_view text);

  struct Compiled;
  [[nodiscard]] const Compiled& compiled() const { return *compiled_; }

 private:
  explicit Replacement(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

struct Rewritten {
  std::string text;           // the whole new text; the source itself where there was no place
  std::vector<Place> places;  // in the source, in order
  std::size_t same = 0;       // of the places: what already reads as its replacement
};

// Rewrites every match, once: a match within what a metavariable captured is rewritten in its new
// surroundings (`old(old(1))` becomes `new(new(1))`), one that overlaps a match otherwise is not, and what
// was written is not searched again. Fails with Fault::input for a result that the parser understands less
// well than the source (still_parses.h), for one that grows together with its neighbours (`return(a)`
// rewritten to `returna`, a comment that swallows what follows), for matches nested deeper than kMaxNesting,
// and past the bounds; with Fault::world when it was stopped.
inline constexpr std::size_t kMaxNesting = 500;
[[nodiscard]] Result<Rewritten> rewrite(const Pattern& pattern, const Replacement& replacement,
                                        std::string_view path, const Tree& tree, const Bounds& bounds = {});

}  // namespace fleet::syntax
