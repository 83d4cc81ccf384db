#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syntax/tree.h"

namespace fleet::analysis {

// The function, class or namespace around each of some nodes, or the node itself where it is one, by the name
// that it has in the metrics. Empty: there is none. `nodes` need no order.
[[nodiscard]] std::vector<std::string> symbols_of(const syntax::Tree& tree,
                                                  const std::vector<std::uint32_t>& nodes);

}  // namespace fleet::analysis
