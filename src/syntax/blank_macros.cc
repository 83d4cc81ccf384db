#include "syntax/blank_macros.h"

#include <algorithm>
#include <array>

namespace fleet::syntax {
namespace {

constexpr auto kEndings = std::to_array<std::string_view>(
    {"_API", "_EXPORT", "_EXPORTS", "_PUBLIC", "_DLL", "_DLLEXPORT", "_DECL", "_VISIBLE", "_IMPORT_EXPORT"});

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The start of the line's first character that is not blank.
bool in_directive(std::string_view source, std::size_t at) {
  const std::size_t newline = source.rfind('\n', at);
  const std::size_t first =
      source.find_first_not_of(" \t", newline == std::string_view::npos ? 0 : newline + 1);
  return first < at && source[first] == '#';
}

}  // namespace

std::optional<std::string> blank_export_macros(std::string_view source) {
  std::optional<std::string> blanked;
  for (const std::string_view ending : kEndings) {
    for (std::size_t at = source.find(ending); at != std::string_view::npos;
         at = source.find(ending, at + 1)) {
      const std::size_t end = at + ending.size();
      if (end == source.size() || is_word(source[end])) continue;
      std::size_t start = at;
      while (start > 0 && is_word(source[start - 1]))
        --start;
      const std::size_t next = source.find_first_not_of(" \t\r\n", end);
      const bool before_a_name = next != std::string_view::npos && next > end && is_word(source[next]);
      if (start == at || !before_a_name || in_directive(source, start)) continue;
      if (!blanked) blanked.emplace(source);
      std::fill(blanked->begin() + static_cast<std::ptrdiff_t>(start),
                blanked->begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
  }
  return blanked;
}

}  // namespace fleet::syntax
