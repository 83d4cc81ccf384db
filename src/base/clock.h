#pragma once

#include "base/time.h"

namespace fleet::base {

// One of the four seams: the real clock, or a virtual one in tests and forecasts. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // Never goes back within one process, also when somebody sets the machine's time.
  [[nodiscard]] virtual TimePoint now() const = 0;
};

// The machine's time when the process began, plus what the monotonic clock counted since.
class SystemClock final : public Clock {
 public:
  SystemClock();
  [[nodiscard]] TimePoint now() const override;

 private:
  TimePoint wall_at_start_;
  std::chrono::steady_clock::time_point steady_at_start_;
};

}  // namespace fleet::base

namespace fleet {
using base::Clock;
}
