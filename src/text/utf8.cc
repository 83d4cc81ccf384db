#include "text/utf8.h"

#include <fmt/format.h>

#include "text/codepoint.h"
#include "text/escape.h"

namespace fleet::text {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";     // U+2026

// Calls visit(bytes of the character, code point) for each.
template <class Visit>
void for_each_codepoint(std::string_view bytes, Visit visit) {
  while (!bytes.empty()) {
    const Codepoint point = first_codepoint(bytes);
    visit(bytes.substr(0, point.length), point);
    bytes.remove_prefix(point.length);
  }
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  bool valid = true;
  for_each_codepoint(bytes, [&](std::string_view, const Codepoint& point) { valid = valid && point.valid; });
  return valid;
}

std::string to_valid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for_each_codepoint(bytes, [&](std::string_view part, const Codepoint& point) {
    out += point.valid ? part : kReplacement;
  });
  return out;
}

std::string printable(std::string_view bytes, Newlines newlines) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const char c = bytes.front();
    if (c == kEscape) {
      if (const std::size_t length = escape_sequence(bytes).length; length != 0) {
        bytes.remove_prefix(length);
        continue;
      }
    }
    const Codepoint point = first_codepoint(bytes);
    const std::string_view part = bytes.substr(0, point.length);
    bytes.remove_prefix(point.length);
    if (!point.valid) {
      out += kReplacement;
    } else if (c == '\n') {
      out += newlines == Newlines::keep ? "\n" : "\\n";
    } else if (c == '\r' && bytes.starts_with('\n')) {
      continue;
    } else if ((point.value < 0x20 && c != '\t') || point.value == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
    } else if ((point.value >= 0x80 && point.value < 0xa0) || is_deceptive(point.value)) {
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(point.value));
    } else {
      out += part;
    }
  }
  return out;
}

std::size_t count_codepoints(std::string_view bytes) {
  std::size_t count = 0;
  for_each_codepoint(bytes, [&](std::string_view, const Codepoint&) { ++count; });
  return count;
}

std::size_t display_width(std::string_view bytes) {
  std::size_t width = 0;
  for_each_codepoint(bytes, [&](std::string_view, const Codepoint& point) {
    width += point.valid ? codepoint_width(point.value) : 1;
  });
  return width;
}

std::string truncate(std::string_view bytes, std::size_t width) {
  if (display_width(bytes) <= width) return std::string(bytes);
  if (width == 0) return {};
  std::size_t used = 1;  // the ellipsis
  std::size_t length = 0;
  bool full = false;
  for_each_codepoint(bytes, [&](std::string_view part, const Codepoint& point) {
    used += point.valid ? codepoint_width(point.value) : 1;
    full = full || used > width;
    if (!full) length += part.size();
  });
  return std::string(bytes.substr(0, length)).append(kEllipsis);
}

}  // namespace fleet::text
