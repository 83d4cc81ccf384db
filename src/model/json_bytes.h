#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fleet::model {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF (Unicode 15, table 3-7).
[[nodiscard]] bool is_utf8(std::string_view bytes);

// RFC 4648, section 4, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
// Nothing for anything that to_base64 would not write.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace fleet::model
