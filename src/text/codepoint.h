#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fleet::text {

// The start of some bytes as one character: a code point, or a maximal part that is invalid.
struct Codepoint {
  char32_t value = 0;
  std::size_t length = 0;  // bytes, at least 1
  bool valid = false;
};

[[nodiscard]] Codepoint first_codepoint(std::string_view bytes);  // `bytes` is not empty

// 0 for combining and format characters, 2 for East Asian wide ones and emoji, else 1.
[[nodiscard]] std::size_t codepoint_width(char32_t value);

// Turns the direction of text, ends a line or is invisible where it could deceive a reader (Boucher and
// Anderson, "Trojan Source", 2021).
[[nodiscard]] bool is_deceptive(char32_t value);

}  // namespace fleet::text
