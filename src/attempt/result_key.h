#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attempt/keepers.h"
#include "base/object_id.h"
#include "engine/action.h"
#include "model/plan.h"

namespace fleet::attempt {

// Names what a result follows from: the task's id, which its programs see; its definition (what it does, what
// it may see and change, what is expected of it; not its title, nor how it is ordered, timed or retried); all
// inputs and the `env` of the workflow; the tree it starts from, the outputs of the tasks it needs, and the
// definitions behind what is kept for it. The same key, the same result, for a task that is deterministic. 40
// hexadecimal digits: SHA-1 of all that as JSON. Stands in the trailer Fleet-Key. Values of secrets are no
// part of it.
[[nodiscard]] std::string result_key(const model::Plan& plan, const Keepers& keepers, TaskIndex task,
                                     ObjectId base_tree, const std::vector<engine::NeedResult>& needs);

// Why the result that a task had under an earlier plan does not have its key under this one, for people.
[[nodiscard]] std::string_view what_changed(const model::Plan& before, TaskIndex was, const model::Plan& now,
                                            TaskIndex is);

}  // namespace fleet::attempt
