#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fleet::text {

// A character of base64, of the usual alphabet or the one for URLs; padding is none.
[[nodiscard]] bool is_base64(char c);

// Of either alphabet, also of both; padding may be missing. Nothing when another byte is in it, or when no
// bytes have that length in base64.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace fleet::text
