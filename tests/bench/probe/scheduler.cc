#include "engine/scheduler.h"

#include <fmt/format.h>

#include <deque>
#include <string>

#include "base/assert.h"
#include "bench/probe/probe.h"
#include "engine/plan_of.h"

// What the scheduler's bookkeeping costs, without a journal: every attempt succeeds at once and changes
// nothing, so that nothing else is left.
namespace fleet::bench {
namespace {

std::vector<TaskIndex> needs_of(const std::string& shape, std::uint32_t task) {
  if (shape == "chain") return task == 0 ? std::vector<TaskIndex>() : std::vector<TaskIndex>{{task - 1}};
  std::vector<TaskIndex> needs;
  for (std::uint32_t distance = 7; shape == "five" && distance <= 35 && distance <= task; distance += 7)
    needs.push_back({task - distance});
  return needs;
}

void drive(engine::Scheduler& scheduler) {
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

}  // namespace

Figures probe_scheduler(Arguments& arguments) {
  const auto tasks = static_cast<std::uint32_t>(arguments.number());
  const std::string shape = arguments.text();
  engine::tests::PlanOf plan_of;
  for (std::uint32_t i = 0; i < tasks; ++i)
    plan_of.task(fmt::format("t{}", i), needs_of(shape, i));
  const model::Plan plan = plan_of.build();
  const double seconds = seconds_of([&] {
    engine::Scheduler scheduler(plan);
    drive(scheduler);
  });
  return {{"seconds", seconds}};
}

}  // namespace fleet::bench
