#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "syntax/tree.h"

namespace fleet::syntax {

enum class WordKind {
  name,  // a name, keyword or number
  mark,  // one other character
  one,   // $X
  many,  // $$$X
};

struct Word {
  WordKind kind = WordKind::mark;
  Span span;
  std::string_view name;  // of a metavariable; empty for `$_`, `$_X`, `$$$`
  [[nodiscard]] bool is_metavariable() const { return kind == WordKind::one || kind == WordKind::many; }
};

// A pattern or replacement in words, the same way for every language: coarse, but two equal texts have equal
// words. A metavariable stands alone: `on$EVENT` and `$eventName` are names. The words view the text.
[[nodiscard]] std::vector<Word> split_words(std::string_view text);

}  // namespace fleet::syntax
