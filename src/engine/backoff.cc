#include "engine/backoff.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "base/random.h"

namespace fleet::engine {

Duration backoff(const model::Retry& retry, int k, std::uint64_t seed, TaskIndex task) {
  FLEET_ASSERT(k >= 1, "retries count from 1");
  double wait = 0;
  if (!retry.delays.empty()) {
    const std::size_t last = retry.delays.size() - 1;
    wait = static_cast<double>(retry.delays[std::min(last, static_cast<std::size_t>(k - 1))].count());
  } else if (retry.backoff > Duration::zero()) {
    // The cap is applied before the product can leave the range of a double.
    const double most = static_cast<double>(retry.max.count());
    const double grown = static_cast<double>(retry.backoff.count()) * std::pow(retry.factor, k - 1);
    wait = std::isfinite(grown) ? std::min(grown, most) : most;
  }
  if (retry.jitter == model::Jitter::full) {
    const auto stream = (static_cast<std::uint64_t>(task.value) << 32) | static_cast<std::uint32_t>(k);
    wait *= base::unit_interval(base::mix(seed ^ base::mix(stream)));
  }
  return Duration(static_cast<std::int64_t>(wait));
}

}  // namespace fleet::engine
