#pragma once

#include <cstdint>

#include "base/ids.h"
#include "base/time.h"
#include "model/workflow.h"

namespace fleet::engine {

// How long to wait before the k-th retry of a task, k from 1 (model::Retry says by which formula). The jitter
// is drawn from the run's seed, the task and k, so a replay draws the same.
[[nodiscard]] Duration backoff(const model::Retry& retry, int k, std::uint64_t seed, TaskIndex task);

}  // namespace fleet::engine
