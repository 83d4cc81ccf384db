#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace fleet::base {

using Sha256 = std::array<std::uint8_t, 32>;

// FIPS 180-4. For names of contents that must not be made to collide. It hides nothing that can be guessed:
// whoever tries all likely contents finds the one that a name stands for. Any thread.
[[nodiscard]] Sha256 sha256(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits

}  // namespace fleet::base
