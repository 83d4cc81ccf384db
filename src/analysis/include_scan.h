#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fleet::analysis {

struct IncludeScan {
  std::vector<std::string> names;  // each once, as they stand between quotes or angles
  // One is put together by macros, the text is UTF-16, or there are too many: then the names are not all.
  bool may_have_more = false;
};

// The names that stand in #include, #include_next, #import and __has_include of C and C++, whatever #if says.
// Never too few: those in comments and strings count as well, and where preprocessors disagree (a line that a
// `//` comment goes on in, a backslash with blanks behind it) what either of them reads. In time linear in
// the text.
[[nodiscard]] IncludeScan scan_includes(std::string_view text);

}  // namespace fleet::analysis
