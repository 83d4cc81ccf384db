#pragma once

#include <string>

#include "model/metrics.h"
#include "syntax/tree.h"

namespace fleet::analysis {

// Measures a file; docs/metrics.md says exactly what each number is. One walk over the tree, whatever its
// depth. Any thread.
[[nodiscard]] model::FileMetrics measure(const syntax::Tree& tree, std::string path);

// 171 - 5.2 ln V - 0.23 CC - 16.2 ln SLOC, x 100/171, from 0 to 100 (Oman and Hagemeister, 1992, in the
// variant of Visual Studio). 100 where there is no code.
[[nodiscard]] double maintainability(const model::Halstead& halstead, std::uint32_t cyclomatic,
                                     std::uint32_t code_lines);

}  // namespace fleet::analysis
