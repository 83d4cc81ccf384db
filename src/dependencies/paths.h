#pragma once

#include <optional>
#include <string>
#include <string_view>

// Inside the room: paths from the root of the tree, with `/` between parts.
namespace fleet::dependencies {

[[nodiscard]] constexpr std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

[[nodiscard]] constexpr std::string_view file_name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

[[nodiscard]] std::string join_path(std::string_view folder, std::string_view name);

// `../other.txt` as seen from the folder of the file at `from`. Nothing for what is absolute, or outside of
// the tree.
[[nodiscard]] std::optional<std::string> resolve_beside(std::string_view from, std::string_view relative);

}  // namespace fleet::dependencies
