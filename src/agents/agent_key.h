#pragma once

#include <string>

#include "model/workflow.h"

namespace fleet::agents {

// The variable of fleet's environment that holds an agent's key: the one that its `key` names, else the one
// in which its program usually finds it. Empty: there is none.
[[nodiscard]] std::string key_variable(const model::SingleAgent& agent);

}  // namespace fleet::agents
