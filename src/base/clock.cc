#include "base/clock.h"

namespace fleet::base {

SystemClock::SystemClock()
    : wall_at_start_(std::chrono::floor<Duration>(std::chrono::system_clock::now())),
      steady_at_start_(std::chrono::steady_clock::now()) {}

TimePoint SystemClock::now() const {
  return wall_at_start_ + std::chrono::floor<Duration>(std::chrono::steady_clock::now() - steady_at_start_);
}

}  // namespace fleet::base
