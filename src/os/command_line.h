#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::os {

// The words of a line of shell that a shell would only split at blanks and run as one program: no quote,
// expansion, redirection, operator, assignment, newline, and not a word that the shell itself acts on (`cd`,
// `if`, `exit`). Nothing for all else, which needs `sh -c`. Saves a shell per task, and changes nothing else.
[[nodiscard]] std::optional<std::vector<std::string>> split_plain_command(std::string_view line);

}  // namespace fleet::os
