#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syntax/tree.h"

namespace fleet::syntax {

// A source that is about to be rewritten, as lines. A line end within a string is held as a NUL byte, which
// no source here has, so that nothing shifts the inside of a string; finished() turns it back.
class Layout {
 public:
  explicit Layout(const Tree& tree);

  [[nodiscard]] std::string_view text(Span span) const { return span.of(text_); }
  // The blanks at the start of the line.
  [[nodiscard]] std::string_view indent_at(std::uint32_t offset) const;
  // Blanks of a replacement: further lines get the indent, line ends become the file's.
  [[nodiscard]] std::string indented(std::string_view blanks, std::string_view indent) const;
  // Grown to the `;` after it and its whole lines, where it is alone on them.
  [[nodiscard]] Span whole_lines(Span span) const;

  // The indent of the last line of what was written so far, which began on a line with `first_indent`.
  [[nodiscard]] static std::string last_indent(std::string_view written, std::string_view first_indent);
  [[nodiscard]] static std::string finished(std::string text);

 private:
  std::string text_;
  std::vector<Span> indents_;  // of each line
  std::string_view line_end_;
};

// Further lines that begin with the indent `from` begin with `to` instead.
[[nodiscard]] std::string shift(std::string_view code, std::string_view from, std::string_view to);

// Places of rising offsets, in one pass over the source.
class PlaceCounter {
 public:
  explicit PlaceCounter(std::string_view source) : source_(source) {}
  [[nodiscard]] Place at(std::size_t offset);

 private:
  std::string_view source_;
  std::size_t at_ = 0;
  Place place_;
};

}  // namespace fleet::syntax
