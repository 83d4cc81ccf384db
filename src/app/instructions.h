#pragma once

#include <string>

#include "base/object_id.h"
#include "base/result.h"
#include "git/repository.h"
#include "model/plan.h"

namespace fleet::app {

// Whether a task of the plan may be done by a model whose tools we run.
[[nodiscard]] bool asks_models(const model::Plan& plan);

// What the project tells every agent: its AGENTS.md and CLAUDE.md, as they are in a commit that whoever
// proposes a change has no hand in. Empty where it has none.
[[nodiscard]] Result<std::string> project_instructions(const git::Repository& repository, ObjectId commit);

}  // namespace fleet::app
