#pragma once

#include "engine/action.h"
#include "engine/input.h"

// What must outlive a power cut. All that is journalled outlives a kill of fleet; only these wait for the
// disk.
namespace fleet::engine {

// Whether losing this input would lose work, money or a person's word. The end of an attempt that left
// nothing may be lost: it only runs again.
[[nodiscard]] bool must_be_durable(const model::Plan& plan, const Input& input);

// Whether the inputs that led to this action must be on the disk before it is released: it begins what has
// effects outside of git, which must not happen twice unasked, or must be rolled back.
[[nodiscard]] bool must_be_durable(const model::Plan& plan, const Action& action);

}  // namespace fleet::engine
