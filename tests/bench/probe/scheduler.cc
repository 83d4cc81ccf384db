#include "engine/scheduler.h"

#include <fmt/format.h>

#include <string>

#include "bench/drive.h"
#include "bench/probe/probe.h"
#include "engine/plan_of.h"

namespace fleet::bench {
namespace {

std::vector<TaskIndex> needs_of(const std::string& shape, std::uint32_t task) {
  if (shape == "chain") return task == 0 ? std::vector<TaskIndex>() : std::vector<TaskIndex>{{task - 1}};
  std::vector<TaskIndex> needs;
  for (std::uint32_t distance = 7; shape == "five" && distance <= 35 && distance <= task; distance += 7)
    needs.push_back({task - distance});
  return needs;
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
