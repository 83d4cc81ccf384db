#pragma once

#include <vector>

#include "engine/action.h"
#include "model/change.h"

namespace fleet::engine {

// Where those who act report what came of it. Any thread.
class Inbox {
 public:
  virtual ~Inbox() = default;
  // `changes`: of an AttemptFinished, the paths that its snapshot changed, for the records.
  virtual void post(Input input, std::vector<model::Change> changes = {}) = 0;
};

// One of the four seams: whoever carries out what the scheduler wants done with tasks (EvaluateCondition,
// StartAttempt, GrantCall, StopAttempt, Merge, Withdraw, Publish). In the product, attempt::LocalExecutor.
class Executor {
 public:
  virtual ~Executor() = default;
  // On the loop's thread; must not block. The answer goes to the inbox, never from within this call.
  virtual void perform(const Action& action, Inbox& inbox) = 0;
};

}  // namespace fleet::engine
