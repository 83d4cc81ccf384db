#pragma once

#include <string>
#include <vector>

#include "app/world.h"
#include "engine/scheduler.h"
#include "model/plan.h"
#include "store/reader.h"

// A run that another process drove before this one, and what it left behind.
namespace fleet::app {

// The run as its journal left it. The plan must outlive it.
[[nodiscard]] Result<engine::Scheduler> replay(store::Reader& reader, const std::string& run,
                                               const model::Plan& plan);

// Ends what a fleet that was killed left running, so that it does not go on beside the next attempts; how
// many processes that were. `token`: of the run.
[[nodiscard]] Result<std::size_t> end_leftovers(const engine::Scheduler& run, const std::string& token);
// For people.
[[nodiscard]] std::string describe_leftovers(std::size_t ended);

// The tasks that a run has begun, for one that goes on from it with the plan `now`, where they have the same
// ids. An Error (input) when a rollback is due that this plan does not hold. What a task that is gone may
// have left outside of git is said.
[[nodiscard]] Result<std::vector<engine::Begun>> begun_in(const World& world, const std::string& run,
                                                          const engine::Scheduler& earlier,
                                                          const model::Plan& before, const model::Plan& now);

}  // namespace fleet::app
