#pragma once

#include <string>

#include "attempt/services.h"
#include "store/reader.h"

namespace fleet::app {

// What a run, and those that it went on from, finished and can hand on to a run with another plan, `now`. A
// run that is not on record here has nothing to hand on.
[[nodiscard]] Result<attempt::KeptResults> kept_results(store::Reader& reader, const std::string& run,
                                                        const model::Plan& now);

}  // namespace fleet::app
