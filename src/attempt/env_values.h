#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "text/expression.h"

namespace fleet::attempt {

// The variables of a task: `own` above those of the workflow (`outer`), with their expressions evaluated
// against the context, whose `env` is not looked at. `env.NAME` in one of its own is the value of another of
// them, and in NAME itself that of the workflow. An Error (input) where they need each other.
[[nodiscard]] Result<std::map<std::string, std::string>> env_values(
    const text::Context& context, const std::map<std::string, std::string>& outer,
    const std::map<std::string, std::string>& own);

}  // namespace fleet::attempt
