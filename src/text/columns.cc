#include "text/columns.h"

#include "text/utf8.h"

namespace fleet::text {

namespace {

std::string to_ascii(std::string_view utf8) {
  std::string ascii;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      ascii += c;
    } else if (byte >= 0xc0) {  // the first byte of a character; the others follow it
      ascii += '?';
    }
  }
  return ascii;
}

}  // namespace

std::string fit(std::string_view bytes, std::size_t width, Charset charset) {
  std::string text = printable(bytes, Newlines::escape);
  for (char& c : text) {
    if (c == '\t') c = ' ';
  }
  if (charset == Charset::unicode) return truncate(text, width);
  text = to_ascii(text);
  if (text.size() <= width) return text;
  constexpr std::string_view kEllipsis = "..";
  if (width <= kEllipsis.size()) return text.substr(0, width);
  return text.substr(0, width - kEllipsis.size()).append(kEllipsis);
}

std::string pad(std::string_view text, std::size_t width, Align align) {
  const std::size_t used = display_width(text);
  const std::string blanks(used < width ? width - used : 0, ' ');
  return align == Align::left ? std::string(text) + blanks : blanks + std::string(text);
}

}  // namespace fleet::text
