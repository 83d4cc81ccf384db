#pragma once

#include <optional>
#include <string_view>

#include "analysis/code.h"

namespace fleet::analysis {

// `object.name(arguments)`, however the language has it in its tree.
struct Call {
  std::uint32_t node = kNowhere;
  std::uint32_t callee = kNowhere;     // what is called; kNowhere where no one node is that (Java's `a.b()`)
  std::uint32_t object = kNowhere;     // what stands before the last dot, or none
  std::uint32_t name = kNowhere;       // the last part; kNowhere: it has no name
  std::uint32_t arguments = kNowhere;  // the list; kNowhere: there is none
  syntax::Span callee_span;
};

// Nothing where the node is no call, and no `new X()`.
[[nodiscard]] std::optional<Call> call_at(const Code& code, std::uint32_t node);

// `system` of `os.system(x)`; empty where it has no name.
[[nodiscard]] std::string_view called_name(const Code& code, const Call& call);

}  // namespace fleet::analysis
