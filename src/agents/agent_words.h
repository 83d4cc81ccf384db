#pragma once

#include <string>
#include <string_view>

#include "model/attempt.h"

// How agents' failures are told.
namespace fleet::agents {

// "was asked for too much at once": what became of an agent.
[[nodiscard]] std::string_view describe(model::AgentFailure failure);
// The first line that says something, for where there is room for one.
[[nodiscard]] std::string first_line(std::string_view text);
// A name that somebody else gave: short, and on one line.
[[nodiscard]] std::string name_of(std::string_view text);
// The last 8 KB of what may be long.
[[nodiscard]] std::string end_of(const std::string& words);

}  // namespace fleet::agents
