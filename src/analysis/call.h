#pragma once

#include <optional>
#include <vector>

#include "analysis/code.h"
#include "analysis/rule.h"
#include "analysis/values.h"

namespace fleet::analysis {

struct Call {
  std::uint32_t node = kNowhere;
  std::uint32_t callee = kNowhere;
  std::uint32_t arguments = kNowhere;  // the list; kNowhere: there is none
};

// Nothing where the node is no call.
[[nodiscard]] std::optional<Call> call_at(const Code& code, std::uint32_t node);

// The last part of what is called: `system` of `os.system`. kNowhere: it has no name.
[[nodiscard]] std::uint32_t called_name(const Code& code, const Call& call);

struct Arguments {
  std::vector<std::uint32_t> nodes;  // values
  bool unknown = false;              // `*args`, `...rest`: more may be passed than can be seen
};
// The arguments that a name is for: one or none, or all of them for `any`.
[[nodiscard]] Arguments find_arguments(Code& code, Values& values, const Call& call,
                                       const ArgumentName& name);

}  // namespace fleet::analysis
