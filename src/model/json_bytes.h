#pragma once

#include <string_view>

namespace fleet::model {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF (Unicode 15, table 3-7).
[[nodiscard]] bool is_utf8(std::string_view bytes);

}  // namespace fleet::model
