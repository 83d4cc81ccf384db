#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::forge {

// What an environment variable says; none: it is not set, or empty.
using Variables = std::function<std::optional<std::string>(std::string_view name)>;

}  // namespace fleet::forge
