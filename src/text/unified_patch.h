#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Patches in the unified format (POSIX diff -u, with git's headers), as models write them: their counts and
// line numbers may be wrong, so only their lines count.
namespace fleet::text {

struct Hunk {
  std::optional<std::size_t> line;  // where it says that it begins in the old file, from 1
  struct Line {
    enum class Kind { context, removed, added } kind = Kind::context;
    std::string text;  // without a line end
  };
  std::vector<Line> lines;
  bool ends_without_newline = false;  // `\ No newline at end of file`, of the new file
};

struct FilePatch {
  std::string before;  // path without `a/`; empty: there is no file yet
  std::string after;   // without `b/`; empty: it is removed
  std::vector<Hunk> hunks;
};

// Fault::input; `why` says at which line.
[[nodiscard]] Result<std::vector<FilePatch>> parse_patch(std::string_view text);

// The text with all hunks applied, each where its context and removed lines are found after the hunk before:
// at its line, else in the only place. Line ends are those of the file. Fault::input where a hunk is found
// nowhere, or in several places and not at its line, or takes too long to find.
[[nodiscard]] Result<std::string> apply_hunks(std::string_view text, const std::vector<Hunk>& hunks);

}  // namespace fleet::text
