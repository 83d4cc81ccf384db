#pragma once

#include <cstdint>
#include <vector>

#include "syntax/tree.h"

namespace fleet::analysis {

// What a node is, in the words that all languages share.
enum class Shape : std::uint8_t {
  other,
  call,
  construction,  // `new X()`
  arguments,
  keyword_argument,
  spread,
  member,  // `a.b`, `a->b`, `a::b`
  subscript,
  name,
  string,
  number,
  constant,  // true, None, null
  operation,
  sign,  // an operator before one operand
  choice,
  substitution,  // in a string
  collection,
  pair,
  wrapper,  // parentheses, await, casts: the value is that of what is in it
  function,
  type,  // a class or struct
  binding,
  augmentation,  // `+=`
  parameters,
  loop,
  import,
  comment,
  block,
};

// The shapes of a language's kinds, by kind. Made once a language.
[[nodiscard]] const std::vector<Shape>& shapes_of(syntax::Language language);

}  // namespace fleet::analysis
