#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::yaml {

inline constexpr std::string_view kByteOrderMark =
    "\xef\xbb\xbf";  // UTF-8, skipped where a file starts with it

struct BadByte {
  std::size_t offset;
  std::string message;
  std::string suggestion;
};

// The first thing in a file that is no text: bytes that are not UTF-8 (RFC 3629), or characters that YAML 1.2
// does not let stand as they are (section 5.1, "Character Set"). A carriage return passes only before a line
// feed.
[[nodiscard]] std::optional<BadByte> find_bad_byte(std::string_view source);

}  // namespace fleet::yaml
