#pragma once

#include <string>

#include "agents/agent.h"

namespace fleet::agents {

// What an agent is told: the task's prompt with its expressions replaced, the bounds that its work will be
// judged by, and what became of the attempt before. An Error where an expression cannot be evaluated.
[[nodiscard]] Result<std::string> write_prompt(const Assignment& assignment);

}  // namespace fleet::agents
