#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fleet::git {

// SHA-1 (FIPS 180-4), for the checksum at the end of index and pack files and for the keys of results:
// libgit2 hashes objects, and does not offer the bare function. `fastest` uses the processor's instructions
// where it has them.
enum class Sha1By { fastest, plain_code };
[[nodiscard]] std::array<std::uint8_t, 20> sha1(std::string_view bytes, Sha1By by = Sha1By::fastest);

}  // namespace fleet::git
