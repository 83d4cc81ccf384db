#pragma once

#include <cstdint>
#include <vector>

#include "analysis/source_lines.h"
#include "syntax/tree.h"

namespace fleet::analysis {

// Which lines belong together: to each line of a file, the lines of the innermost statement there, as far as
// its body, if it has one. Lines outside of statements stand for themselves. Lines count from 1.
class StatementLines {
 public:
  struct Range {
    std::uint32_t first, last;
    [[nodiscard]] bool has(std::uint32_t line) const { return line >= first && line <= last; }
  };

  // `tree` may be null: every line is for itself.
  StatementLines(const SourceLines& lines, const syntax::Tree* tree);

  [[nodiscard]] Range around(std::uint32_t line) const;

 private:
  std::vector<Range> ranges_;  // by line, from 0
};

}  // namespace fleet::analysis
