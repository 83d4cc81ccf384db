#pragma once

#include <optional>
#include <string_view>

namespace fleet::dependencies {

// From the SPDX licence list (https://spdx.org/licenses/), in any case; as the list spells it.
[[nodiscard]] std::optional<std::string_view> listed_license(std::string_view id);
[[nodiscard]] std::optional<std::string_view> listed_exception(std::string_view id);

}  // namespace fleet::dependencies
