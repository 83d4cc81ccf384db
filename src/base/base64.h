#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::base {

// RFC 4648, section 4: with padding, no line breaks.
[[nodiscard]] std::string encode_base64(std::string_view bytes);

inline constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
inline constexpr std::uint8_t kNotBase64 = 0xff;

// What a byte stands for in base64, in the usual alphabet or the one for URLs; padding is kNotBase64.
inline constexpr std::array<std::uint8_t, 256> kBase64Values = [] {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values)
    value = kNotBase64;
  for (std::size_t i = 0; i < kBase64Alphabet.size(); ++i)
    values[static_cast<unsigned char>(kBase64Alphabet[i])] = static_cast<std::uint8_t>(i);
  values['-'] = 62;
  values['_'] = 63;
  return values;
}();

[[nodiscard]] constexpr bool is_base64(char c) {
  return kBase64Values[static_cast<unsigned char>(c)] != kNotBase64;
}

// Of either alphabet (sections 4 and 5), also of both; padding may be missing, and bits that no byte needs
// may be set. Nothing when another byte is in it, or when no bytes have that length in base64.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace fleet::base
