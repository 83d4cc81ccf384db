#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

// What somebody may have meant who wrote something else, for suggestions. Nothing where it cannot be told.
namespace fleet::workflow {

// A duration with its units out of order, spelt out or apart: `30m1h`, `1 h 30 min`.
[[nodiscard]] std::optional<std::string> duration_meant(std::string_view text);

// The number in a text that has only one: `$5`, `5 USD`, `80%`.
[[nodiscard]] std::optional<std::string> number_meant(std::string_view text);

// The name that a word is the beginning or the initials of, and no other is: `pr` of `pull-request`.
[[nodiscard]] std::optional<std::string_view> name_meant(std::string_view word,
                                                         std::span<const std::string_view> names);

// A text of the file as it can stand in a `{...}` of YAML; `...` when it is long, of several lines, or may
// hold an API key.
[[nodiscard]] std::string in_braces(std::string_view text);

}  // namespace fleet::workflow
