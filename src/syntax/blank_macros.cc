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

// Whether a rising offset is in a directive, which is a line that begins with `#`: one pass over the source.
class Directives {
 public:
  explicit Directives(std::string_view source) : source_(source) { read_line(0); }

  bool hold(std::size_t at) {
    while (at > end_)
      read_line(end_ + 1);
    return first_ < at && source_[first_] == '#';
  }

 private:
  void read_line(std::size_t start) {
    end_ = std::min(source_.find('\n', start), source_.size());
    first_ = source_.find_first_not_of(" \t", start);
  }

  std::string_view source_;
  std::size_t end_ = 0;
  std::size_t first_ = 0;  // the first character of the line that is not blank
};

}  // namespace

std::optional<std::string> blank_export_macros(std::string_view source) {
  std::optional<std::string> blanked;
  for (const std::string_view ending : kEndings) {
    Directives directives(source);
    for (std::size_t at = source.find(ending); at != std::string_view::npos;
         at = source.find(ending, at + 1)) {
      const std::size_t end = at + ending.size();
      if (end == source.size() || is_word(source[end])) continue;
      std::size_t start = at;
      while (start > 0 && is_word(source[start - 1]))
        --start;
      const std::size_t next = source.find_first_not_of(" \t\r\n", end);
      const bool before_a_name = next != std::string_view::npos && next > end && is_word(source[next]);
      if (start == at || !before_a_name || directives.hold(start)) continue;
      if (!blanked) blanked.emplace(source);
      std::fill(blanked->begin() + static_cast<std::ptrdiff_t>(start),
                blanked->begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
  }
  return blanked;
}

}  // namespace fleet::syntax
