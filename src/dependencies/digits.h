#pragma once

#include <compare>
#include <string_view>

#include "text/ascii.h"

// Inside the room: the numbers in versions have no upper bound, so they are compared as they are written.
namespace fleet::dependencies {

[[nodiscard]] constexpr bool are_digits(std::string_view text) {
  for (const char c : text) {
    if (!text::is_ascii_digit(c)) return false;
  }
  return !text.empty();
}

[[nodiscard]] constexpr std::string_view without_leading_zeros(std::string_view digits) {
  while (digits.starts_with('0'))
    digits.remove_prefix(1);
  return digits;
}

// By value: `007` is `7`, and nothing is zero.
[[nodiscard]] constexpr std::strong_ordering compare_digits(std::string_view left, std::string_view right) {
  left = without_leading_zeros(left);
  right = without_leading_zeros(right);
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left.compare(right) <=> 0;
}

// As many digits as `text` starts with, taken off it.
[[nodiscard]] constexpr std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && text::is_ascii_digit(text[count]))
    ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

}  // namespace fleet::dependencies
