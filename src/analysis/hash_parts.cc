#include "analysis/hash_parts.h"

#include <fmt/format.h>

#include "base/sha256.h"

namespace fleet::analysis {

std::string hash_parts(const std::vector<std::string>& parts) {
  std::string all;
  for (const auto& part : parts)
    all += fmt::format("{}:{},", part.size(), part);
  return base::sha256_hex(all);
}

}  // namespace fleet::analysis
