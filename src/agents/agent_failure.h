#pragma once

#include <optional>
#include <string_view>

#include "model/attempt.h"

namespace fleet::agents {

// By the status of an HTTP answer of a model's provider. 2xx and what says nothing: none. 529 is Anthropic's
// "overloaded".
[[nodiscard]] std::optional<model::AgentFailure> failure_of_status(int status);

// By what a program prints, where it says no more: words of the providers' errors, and of curl's and node's
// for the network. None when nothing in it is known.
[[nodiscard]] std::optional<model::AgentFailure> failure_of_text(std::string_view text);

}  // namespace fleet::agents
