#pragma once

#include <algorithm>
#include <string>
#include <string_view>

// Letters of ASCII alone, whatever the locale.
namespace fleet::text {

[[nodiscard]] constexpr bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_ascii_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
[[nodiscard]] constexpr char to_ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char to_ascii_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
[[nodiscard]] inline std::string to_ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    c = to_ascii_lower(c);
  return lower;
}
[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](char a, char b) { return to_ascii_lower(a) == to_ascii_lower(b); });
}
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_ascii_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_ascii_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

}  // namespace fleet::text
