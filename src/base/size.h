#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::base {

// Bytes as people write them: `512MB`, `2GB`, `1.5GB`, `64KB`, `100B`; units of 1024, at most 8 EB. Nothing
// when the text is anything else.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace fleet::base
