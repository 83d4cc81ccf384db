#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "terminal/terminal.h"

namespace fleet::terminal {

// The value of an environment variable; empty when it is not set.
using Variables = std::function<std::string_view(std::string_view name)>;

// What a stream can show, from the environment (terminal.h says by which variables), whether it is a
// terminal, and how wide that says it is.
[[nodiscard]] Look look_of(const Variables& variables, bool is_tty, std::optional<int> columns);

}  // namespace fleet::terminal
