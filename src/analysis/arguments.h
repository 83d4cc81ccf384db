#pragma once

#include <vector>

#include "analysis/call.h"
#include "analysis/rule.h"
#include "analysis/values.h"

namespace fleet::analysis {

struct Arguments {
  std::vector<std::uint32_t> nodes;  // values
  bool unknown = false;              // `*args`, `...rest`: more may be passed than can be seen
};
// The arguments of a call that a name is for: one or none, or all of them for `any`.
[[nodiscard]] Arguments find_arguments(Code& code, Values& values, const Call& call,
                                       const ArgumentName& name);

}  // namespace fleet::analysis
