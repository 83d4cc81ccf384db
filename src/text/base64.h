#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::text {

inline constexpr std::uint8_t kNotBase64 = 0xff;

// What a byte stands for in base64, in the usual alphabet or the one for URLs; padding is kNotBase64.
inline constexpr std::array<std::uint8_t, 256> kBase64Values = [] {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values)
    value = kNotBase64;
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  values['-'] = 62;
  values['_'] = 63;
  return values;
}();

[[nodiscard]] constexpr bool is_base64(char c) {
  return kBase64Values[static_cast<unsigned char>(c)] != kNotBase64;
}

// Of either alphabet, also of both; padding may be missing. Nothing when another byte is in it, or when no
// bytes have that length in base64.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace fleet::text
