#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/workflow.h"

namespace fleet::agents {

// Evaluates the `${{ }}` in a text.
using Render = std::function<Result<std::string>(std::string_view)>;

// A line goes to `sh -e -c`, unless it is plain words that no shell would treat in any special way: then it
// is run directly, which saves the start of a shell.
[[nodiscard]] std::vector<std::string> to_argv(std::string_view line);

// How a command of the workflow is run, with the `${{ }}` of its argv replaced; and the text for people. A
// line is never rendered: what a value holds must not become shell.
struct ReadyCommand {
  std::vector<std::string> argv;
  std::string shown;
};
[[nodiscard]] Result<ReadyCommand> ready(const model::Command& command, const Render& render);

}  // namespace fleet::agents
