#include "dependencies/paths.h"

#include <fmt/format.h>

namespace fleet::dependencies {

std::string join_path(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

std::optional<std::string> resolve_beside(std::string_view from, std::string_view relative) {
  if (relative.empty() || relative.starts_with('/')) return std::nullopt;
  std::string path(folder_of(from));
  while (!relative.empty()) {
    const std::size_t slash = relative.find('/');
    const std::string_view part = relative.substr(0, slash);
    relative.remove_prefix(slash == std::string_view::npos ? relative.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (path.empty()) return std::nullopt;
      path = folder_of(path);
    } else {
      path = join_path(path, part);
    }
  }
  if (path.empty()) return std::nullopt;
  return path;
}

}  // namespace fleet::dependencies
