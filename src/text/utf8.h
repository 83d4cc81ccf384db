#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text for people and for JSON out of bytes that may be anything.
namespace fleet::text {

[[nodiscard]] bool is_valid_utf8(std::string_view bytes);

// Each maximal invalid part becomes U+FFFD, as the Unicode Standard recommends (chapter 3.9).
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);

enum class Newlines { keep, escape };

// For terminals and logs: valid UTF-8 that can only be read. Escape sequences (colours, cursor, titles) are
// taken out; other control characters, and those that turn the direction of text, are written as \x07 or
// \u{202e}. Tabs stay, a CR before an LF goes.
[[nodiscard]] std::string printable(std::string_view bytes, Newlines newlines = Newlines::keep);

// Code points, each invalid part counted as one: the column of a caret is that of the bytes before it,
// plus 1.
[[nodiscard]] std::size_t count_codepoints(std::string_view bytes);

// Columns on a terminal: East Asian wide characters and emoji take two, combining marks none. As good as
// tables need it, no more (Unicode 15, EastAsianWidth.txt, by blocks).
[[nodiscard]] std::size_t display_width(std::string_view bytes);

// The text itself, or as much of its start as fits `width` columns with an ellipsis at the end.
[[nodiscard]] std::string truncate(std::string_view bytes, std::size_t width);

}  // namespace fleet::text
