#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace fleet::base {

// Calls `work` for pieces [begin, end) of `piece` items that together make 0..count, taken by several threads
// (the caller's is one of them), and returns the first error: what was begun is finished, the rest is not
// started. Few items are done by the caller alone.
[[nodiscard]] Result<> in_parallel(unsigned threads, std::size_t count,
                                   const std::function<Result<>(std::size_t begin, std::size_t end)>& work,
                                   std::size_t piece = 64);

}  // namespace fleet::base
