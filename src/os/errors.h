#pragma once

#include <string>

#include "base/result.h"

// Inside the room: an Error from errno, with the hint that belongs to the number (disk full, too many open
// files, ...).
namespace fleet::os {

[[nodiscard]] tl::unexpected<Error> fail_system(std::string tried, std::string on, int error_number);

}  // namespace fleet::os
