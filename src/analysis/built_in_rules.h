#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fleet::analysis {

struct BuiltInFile {
  std::string_view path;  // below rules/
  std::string_view text;
  std::span<const std::uint32_t> records;  // of the text, as yaml::Document::restore() takes them
  std::string_view pool;
};

// The files under rules/, as they were when this was built, by path.
[[nodiscard]] std::span<const BuiltInFile> built_in_rules();
// Of secrets: what secret_rules.h reads, and rule_file.h does not.
[[nodiscard]] inline bool is_of_secrets(std::string_view path) {
  return path.starts_with("secrets/");
}

}  // namespace fleet::analysis
