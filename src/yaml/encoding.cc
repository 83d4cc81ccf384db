#include "yaml/encoding.h"

#include <fmt/format.h>

#include <cstdint>

namespace fleet::yaml {
namespace {

// The length of the UTF-8 sequence that starts here, 0 when it is none. Overlong forms, surrogates and what
// lies past U+10FFFF are none.
std::size_t sequence_length(std::string_view rest, std::uint32_t& code) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const std::uint32_t lead = byte(0);
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
  if (length == 0 || lead > 0xf4 || rest.size() < length) return 0;
  code = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return 0;
  return length;
}

}  // namespace

std::optional<BadByte> find_bad_byte(std::string_view source) {
  if (source.starts_with("\xff\xfe") || source.starts_with("\xfe\xff")) {
    return BadByte{0, "the file is UTF-16", "save it as UTF-8"};
  }
  std::size_t i = 0;
  while (i < source.size()) {
    const auto c = static_cast<unsigned char>(source[i]);
    if (c >= 0x20 && c < 0x7f) {
      ++i;
    } else if (c == '\n' || c == '\t' || (c == '\r' && i + 1 < source.size() && source[i + 1] == '\n')) {
      ++i;
    } else if (c == 0) {
      return BadByte{i, "a NUL byte: this is not a text file", "save it as UTF-8 text"};
    } else if (c == '\r') {
      return BadByte{i, "a carriage return with no line feed after it",
                     "end lines with a line feed; in a double-quoted text write `\\r`"};
    } else if (c < 0x80) {
      return BadByte{i, fmt::format("the control character 0x{:02x}", c),
                     fmt::format("remove it; in a double-quoted text write `\\x{:02x}`", c)};
    } else {
      std::uint32_t code = 0;
      const std::size_t length = sequence_length(source.substr(i), code);
      if (length == 0)
        return BadByte{i, fmt::format("the byte 0x{:02x} is not UTF-8 here", c), "save the file as UTF-8"};
      if ((code < 0xa0 && code != 0x85) || code == 0xfffe || code == 0xffff) {
        return BadByte{i, fmt::format("the control character U+{:04X}", code), "remove it"};
      }
      i += length;
    }
  }
  return std::nullopt;
}

}  // namespace fleet::yaml
