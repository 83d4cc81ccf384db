#include "model/plan.h"

#include <random>

#include "bench/probe/probe.h"
#include "plan/order.h"
#include "plan/planner.h"

// Workflow to plan, and beside it as the floor only what must be done on integers: rows, order, paths.
namespace fleet::bench {
namespace {

std::vector<std::vector<TaskIndex>> random_needs(std::uint32_t tasks, std::uint32_t needs) {
  std::mt19937 random(1);
  std::vector<std::vector<TaskIndex>> rows(tasks);
  for (std::uint32_t task = 1; task < tasks; ++task) {
    for (std::uint32_t i = 0; i < needs; ++i)
      rows[task].push_back({static_cast<std::uint32_t>(random() % task)});
  }
  return rows;
}

model::Workflow workflow_of(const std::vector<std::vector<TaskIndex>>& needs) {
  model::Workflow workflow;
  workflow.name = "bench";
  for (std::size_t i = 0; i < needs.size(); ++i) {
    model::WorkflowTask& task = workflow.tasks.emplace_back();
    task.id = "task-" + std::to_string(i);
    task.at = {static_cast<int>(i) + 1, 3};
    task.work = model::Command{std::string("true"), task.at};
    task.writes.emplace();
    for (const TaskIndex need : needs[i])
      task.needs.push_back({"task-" + std::to_string(need.value), task.at});
  }
  return workflow;
}

}  // namespace

Figures probe_plan(Arguments& arguments) {
  const auto tasks = static_cast<std::uint32_t>(arguments.number());
  const auto needs = random_needs(tasks, static_cast<std::uint32_t>(arguments.number()));
  const model::Workflow workflow = workflow_of(needs);

  Figures figures;
  const MemoryGrowth growth;
  plan::Planning planning;
  figures["seconds"] = seconds_of([&] { planning = plan::make(workflow, {}); });
  if (!planning.diagnostics.empty()) give_up("the workflow cannot be planned");
  figures["bytes"] = growth.bytes();
  figures["floor_seconds"] = seconds_of([&] {
    const model::Graph graph(needs);
    const auto order = plan::topological_order(graph, std::vector<std::uint8_t>(tasks));
    const auto paths = plan::paths(graph, std::vector<Duration>(tasks, std::chrono::seconds(1)));
    if (order.size() != tasks || paths.longest.count() == 0) give_up("the graph has a cycle");
  });
  return figures;
}

}  // namespace fleet::bench
