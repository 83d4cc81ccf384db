#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "syntax/tree.h"

namespace fleet::analysis {

// What a node of a syntax tree is to the metrics; several of these at once.
enum NodePart : std::uint32_t {
  kFunction = 1u << 0,  // with a name and a body
  kLambda = 1u << 1,    // without a name of its own
  kClass = 1u << 2,
  kScope = 1u << 3,  // gives names to what is in it, and is no class: a namespace
  kIf = 1u << 4,
  kElse = 1u << 5,    // the clause
  kElseIf = 1u << 6,  // a clause of its own, as in Python
  kLoop = 1u << 7,
  kSwitch = 1u << 8,
  kCase = 1u << 9,  // one way through a switch; its default too, where the grammar has one kind for both
  kCatch = 1u << 10,
  kTernary = 1u << 11,
  kLogical = 1u << 12,    // may be `a && b`: an operator of two sides
  kJump = 1u << 13,       // goto
  kLabelJump = 1u << 14,  // break or continue, to a label when it has one
  kCall = 1u << 15,
  kDecision = 1u << 16,  // and no structure: the `for` and `if` of a comprehension, a guard
  kParameters = 1u << 17,
  kBlock = 1u << 18,  // a body
  kComment = 1u << 19,
  kString = 1u << 20,
  kInterpolation = 1u << 21,  // code in a string
  kTypeWord = 1u << 22,       // a named leaf that is an operator in Halstead's sense: `int`, `mut`
  kLabel = 1u << 23,
  kCondition = 1u << 24,  // of the preprocessor: what it asks is no way through the code
  kEndlessLoop = 1u << 25,
  kLetElse = 1u << 26,     // may be Rust's `let ... else`
  kPattern = 1u << 27,     // of a `match`, with its guard
  kDeclarator = 1u << 28,  // of a function in C and C++
};

// The parts of a language's kinds of nodes. Immutable; any thread.
class NodeParts {
 public:
  [[nodiscard]] static const NodeParts& of(syntax::Language language);

  [[nodiscard]] std::uint32_t parts(const syntax::Node& node) const {
    return node.named && node.kind < parts_.size() ? parts_[node.kind] : 0;
  }
  [[nodiscard]] bool is(const syntax::Node& node, std::uint32_t part) const {
    return (parts(node) & part) != 0;
  }
  // `and` and `or` in any spelling: 1 and 2; else 0.
  [[nodiscard]] int logical_operator(const syntax::Node& token) const {
    return !token.named && token.kind < operators_.size() ? operators_[token.kind] : 0;
  }

 private:
  explicit NodeParts(syntax::Language language);
  std::vector<std::uint32_t> parts_;
  std::vector<std::uint8_t> operators_;
};

}  // namespace fleet::analysis
