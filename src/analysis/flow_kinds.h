#pragma once

#include <cstdint>
#include <vector>

#include "syntax/tree.h"

namespace fleet::analysis {

// What a node does to the way through a function, in the words that all languages share.
enum class FlowKind : std::uint8_t {
  other,
  branch,       // `if`
  else_branch,  // the clause
  else_if,      // Python's clause
  loop,
  choice,  // `switch`, `match`
  one_case,
  attempt,  // `try`
  handler,  // `catch`, `except`
  finally,
  leave,    // `return`
  abandon,  // `throw`, `raise`
  jump,     // `break`, `continue`
  decorated,
  comprehension,
  named_part,  // `a as b` of Python's `with`
};

class FlowKinds {
 public:
  [[nodiscard]] static const FlowKinds& of(syntax::Language language);
  [[nodiscard]] FlowKind kind(const syntax::Node& node) const {
    return node.named && node.kind < kinds_.size() ? kinds_[node.kind] : FlowKind::other;
  }

 private:
  explicit FlowKinds(syntax::Language language);
  std::vector<FlowKind> kinds_;
};

}  // namespace fleet::analysis
