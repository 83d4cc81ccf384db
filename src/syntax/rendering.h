#pragma once

#include <string>
#include <vector>

#include "syntax/compiled_pattern.h"

namespace fleet::syntax {

// What stands in for the metavariables of a pattern when it is parsed.
enum class Spelling {
  names,
  statements,  // a name with a `;` for one that stands where a statement does
  modules,     // a string for one after `from`
};

// The text of a pattern with stand-ins, which it does not hold otherwise.
struct Rendered {
  std::string text;
  std::vector<Span> words;             // where each word of the pattern stands in `text`
  std::vector<std::string> stand_ins;  // by word; empty where it is no metavariable
  std::vector<bool> semicolon_added;   // by word
};
[[nodiscard]] Rendered render(const Pattern::Compiled& pattern, Spelling spelling);

}  // namespace fleet::syntax
