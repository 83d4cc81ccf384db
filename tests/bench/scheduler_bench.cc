#include <benchmark/benchmark.h>

#include <deque>
#include <string>

#include "base/assert.h"
#include "engine/plan_of.h"
#include "engine/scheduler.h"

// What the scheduler's bookkeeping costs a task, without a journal: every attempt succeeds at once and
// changes nothing, so that nothing else is left.
namespace fleet::engine {
namespace {

using Needs = std::vector<TaskIndex> (*)(std::uint32_t task);

std::vector<TaskIndex> nothing(std::uint32_t) {
  return {};
}
std::vector<TaskIndex> the_one_before(std::uint32_t task) {
  return task == 0 ? std::vector<TaskIndex>() : std::vector<TaskIndex>{{task - 1}};
}
// Five edges a task.
std::vector<TaskIndex> some_before(std::uint32_t task) {
  std::vector<TaskIndex> needs;
  for (std::uint32_t distance = 7; distance <= 35 && distance <= task; distance += 7)
    needs.push_back({task - distance});
  return needs;
}

model::Plan plan_of(std::int64_t tasks, Needs needs) {
  tests::PlanOf plan;
  for (std::uint32_t i = 0; i < tasks; ++i)
    plan.task("t" + std::to_string(i), needs(i));
  return plan.build();
}

void drive(const model::Plan& plan) {
  Scheduler scheduler(plan);
  std::deque<Input> inputs{RunStarted{7, {}}};
  for (; !inputs.empty(); inputs.pop_front()) {
    const Step step = scheduler.handle(inputs.front(), {});
    for (const Action& action : step.actions) {
      if (const auto* start = std::get_if<StartAttempt>(&action)) {
        model::Outcome outcome;
        outcome.verdict = model::Verdict::done;
        inputs.push_back(AttemptFinished{start->task, start->serial, std::move(outcome)});
      } else if (std::holds_alternative<Publish>(action)) {
        inputs.push_back(Published{});
      }
    }
  }
  FLEET_ASSERT(scheduler.is_finished(), "nothing is left to do");
}

void run(benchmark::State& state, Needs needs) {
  const model::Plan plan = plan_of(state.range(0), needs);
  for (auto _ : state)
    drive(plan);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK_CAPTURE(run, independent, nothing)
    ->RangeMultiplier(10)
    ->Range(100, 100'000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(run, chain, the_one_before)
    ->RangeMultiplier(10)
    ->Range(100, 100'000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(run, five_needs, some_before)
    ->RangeMultiplier(10)
    ->Range(100, 100'000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace fleet::engine

BENCHMARK_MAIN();
