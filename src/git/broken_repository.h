#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace fleet::git {

// A repository that is there, but of no use.
struct BrokenRepository {
  std::filesystem::path found;
  std::string why;
};

// What keeps the nearest `.git`, in a folder or above it, from being opened; nothing: there is none, or it is
// not to be seen what is wrong with it. Only looks.
[[nodiscard]] std::optional<BrokenRepository> find_broken_repository(const std::filesystem::path& folder);

}  // namespace fleet::git
