#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fleet::terminal {

// `<question> [1 retry, 2 skip, 3 abort] `, without a line end.
[[nodiscard]] std::string question_text(std::string_view question, std::span<const std::string> choices,
                                        bool colour);

// The choice that an answer means: its number, the whole word, or a start that no other choice has.
[[nodiscard]] std::optional<std::string> choose(std::string_view answer,
                                                std::span<const std::string> choices);

}  // namespace fleet::terminal
