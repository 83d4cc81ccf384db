#pragma once

#include <deque>
#include <utility>

#include "base/assert.h"
#include "engine/scheduler.h"

namespace fleet::bench {

// Takes a run to its end in which every attempt succeeds at once and changes nothing: what is left is the
// scheduler's own bookkeeping, without a journal.
inline void drive(engine::Scheduler& scheduler) {
  std::deque<engine::Input> inputs{engine::RunStarted{7, {}}};
  for (; !inputs.empty(); inputs.pop_front()) {
    const engine::Step step = scheduler.handle(inputs.front(), {});
    for (const engine::Action& action : step.actions) {
      if (const auto* start = std::get_if<engine::StartAttempt>(&action)) {
        inputs.push_back(engine::AttemptStarted{start->task, start->serial, {1, 1}});
        model::Outcome outcome;
        outcome.verdict = model::Verdict::done;
        inputs.push_back(engine::AttemptFinished{start->task, start->serial, std::move(outcome)});
      } else if (std::holds_alternative<engine::Publish>(action)) {
        inputs.push_back(engine::Published{});
      }
    }
  }
  FLEET_ASSERT(scheduler.is_finished(), "nothing is left to do");
}

}  // namespace fleet::bench
