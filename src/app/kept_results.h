#pragma once

#include <map>
#include <string>

#include "attempt/services.h"
#include "store/reader.h"

namespace fleet::app {

// What a run, and those that it went on from, came to and can hand on to a run with another plan, by key. A
// run that is not on record here has nothing to hand on.
[[nodiscard]] Result<std::map<std::string, attempt::KeptResult>> kept_results(store::Reader& reader,
                                                                              const std::string& run);

}  // namespace fleet::app
