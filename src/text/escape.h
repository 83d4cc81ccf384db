#pragma once

#include <cstddef>
#include <string_view>

namespace fleet::text {

inline constexpr char kEscape = '\x1b';
inline constexpr std::size_t kMaxEscapeSequence = 4096;  // bytes

// What begins with an ESC.
struct EscapeSequence {
  std::size_t length = 0;  // 0: it is none, and only the ESC itself is dangerous
  bool may_go_on = false;  // with length 0: the bytes end before that can be told
};

// The escape sequence (ECMA-48: colours, cursor, titles, links) that `bytes`, whose first is an ESC, start
// with. One that has not ended in its line, or after kMaxEscapeSequence bytes, is none. This alone decides
// what printable() takes out, and so what a Masker sees through.
[[nodiscard]] EscapeSequence escape_sequence(std::string_view bytes);

}  // namespace fleet::text
