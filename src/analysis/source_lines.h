#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/metrics.h"
#include "syntax/tree.h"

namespace fleet::analysis {

// Where the lines of a source begin, and what is on them. The source must outlive it.
class SourceLines {
 public:
  explicit SourceLines(std::string_view source);

  [[nodiscard]] std::uint32_t count_lines() const { return static_cast<std::uint32_t>(starts_.size()); }
  // Of a line that there is, from 1: where it begins, and what is on it, without its line feed.
  [[nodiscard]] std::uint32_t start(std::uint32_t line) const { return starts_[line - 1]; }
  [[nodiscard]] std::string_view text(std::uint32_t line) const;
  [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const;  // from 1
  [[nodiscard]] model::Region region(syntax::Span span) const;
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(starts_.size()); }
  // Line `number`, from 1 to size(), without what ends it: LF, or CR LF.
  [[nodiscard]] syntax::Span line(std::uint32_t number) const;

  // Spans of comments, in order, that do not overlap. Before count().
  void mark_comment(syntax::Span span);
  // After the last mark_comment().
  void count();
  // Of the lines `first` to `last`, both included.
  [[nodiscard]] model::LineCounts counts(std::uint32_t first, std::uint32_t last) const;
  [[nodiscard]] model::LineCounts all() const;

 private:
  [[nodiscard]] std::uint32_t column_of(std::uint32_t line, std::uint32_t offset) const;

  std::string_view source_;
  std::vector<std::uint32_t> starts_;
  std::vector<syntax::Span> comments_;
  std::vector<std::uint32_t> code_, comment_;  // how many before each line
};

}  // namespace fleet::analysis
