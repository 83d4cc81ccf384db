#pragma once

#include <vector>

#include "model/plan.h"

namespace fleet::attempt {

// The tasks of a plan that hand on ignored files (`keep`). Immutable after it was made; any thread.
class Keepers {
 public:
  // The plan must outlive it.
  explicit Keepers(const model::Plan& plan);

  // Those that a task stands on, nearest first. Costs nothing in a plan where no task keeps anything.
  [[nodiscard]] std::vector<TaskIndex> above(TaskIndex task) const;

 private:
  const model::Plan& plan_;
  bool any_;
};

// Everything a task stands on, nearest first.
[[nodiscard]] std::vector<TaskIndex> ancestors(const model::Plan& plan, TaskIndex task);

}  // namespace fleet::attempt
