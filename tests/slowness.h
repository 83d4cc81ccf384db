#pragma once

namespace fleet {

// How many times as long work may take under a sanitizer, where a bound that tells linear time from quadratic
// was seen not to hold there: 3.2 and 2.1 times, on a busy machine.
#ifdef FLEET_SANITIZED
inline constexpr int kSlowness = 5;
#else
inline constexpr int kSlowness = 1;
#endif

}  // namespace fleet
