#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace fleet::git {

// A file that a user wrote by hand, or git for itself; empty where there is none that may be read. What
// cannot be read although it is there is an Error, and so is one larger than any of its kind: it might change
// what a commit holds.
[[nodiscard]] Result<std::string> read_small_file(const std::filesystem::path& path,
                                                  std::uint64_t largest = 1'000'000,  // bytes
                                                  const char* what_to_do = "make it smaller");

}  // namespace fleet::git
