#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fleet::git {

// SHA-1 (FIPS 180-4), for the checksum at the end of an index file only: libgit2 hashes objects, and does not
// offer the bare function.
[[nodiscard]] std::array<std::uint8_t, 20> sha1(std::string_view bytes);

}  // namespace fleet::git
