#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/input.h"

namespace fleet::engine {

// An input as the journal holds it: one line of JSON in the conventions of model/json.h. What programs wrote
// and which paths changed is left out: no decision hangs on them, and the attempt's own row has them.
[[nodiscard]] std::string to_journal(const Input& input);
[[nodiscard]] Result<Input> from_journal(std::string_view payload);

}  // namespace fleet::engine
