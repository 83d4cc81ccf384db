#pragma once

#include <cstddef>

namespace fleet {

// How many times as long work may take under a sanitizer, where a bound that tells linear time from quadratic
// was seen not to hold there: 3.2 and 2.1 times, on a busy machine.
#ifdef FLEET_SANITIZED
inline constexpr int kSlowness = 5;
#else
inline constexpr int kSlowness = 1;
#endif

// The size of an input that is there to show that time is linear: a tenth under a sanitizer, which finds in
// that what it finds in all. Whether the time is linear is told by the other builds.
[[nodiscard]] constexpr std::size_t size_for_time(std::size_t size) {
#ifdef FLEET_SANITIZED
  return size / 10;
#else
  return size;
#endif
}

}  // namespace fleet
