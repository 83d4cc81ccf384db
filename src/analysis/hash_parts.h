#pragma once

#include <string>
#include <vector>

namespace fleet::analysis {

// 64 hex digits of SHA-256 over these parts in this order; no two lists of parts are hashed alike.
[[nodiscard]] std::string hash_parts(const std::vector<std::string>& parts);

}  // namespace fleet::analysis
