#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syntax/compiled_pattern.h"
#include "syntax/rewrite.h"

// The inside of a Replacement, for the rewriter.
namespace fleet::syntax {

// A word of the replacement.
struct Piece {
  std::string gap;  // the blanks before it
  std::string text;
  std::uint32_t variable = kNone;  // the index in Pattern::names()
  std::uint32_t twin = kNone;      // the word of the pattern that it is in common with
  bool keeps_gap = false;          // it follows the piece before it as their twins follow each other
  [[nodiscard]] bool is_comma() const { return variable == kNone && text == ","; }
};

struct Replacement::Compiled {
  std::vector<Piece> pieces;
  [[nodiscard]] bool uses(std::uint32_t variable) const;
};

}  // namespace fleet::syntax
