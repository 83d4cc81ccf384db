#pragma once

#include <cstddef>
#include <string_view>

#include "yaml/document.h"

namespace fleet::yaml {

// What a plain scalar is by the core schema of YAML 1.2 (section 10.3.2).
[[nodiscard]] Kind resolve(std::string_view text);

// Past the anchor and the tag that may stand before a value.
[[nodiscard]] std::size_t skip_properties(std::string_view source, std::size_t offset);

// Where the quoted text that begins at `start` ends: its closing quote, or the end of the source when there
// is none.
[[nodiscard]] std::size_t closing_quote(std::string_view source, std::size_t start);

}  // namespace fleet::yaml
