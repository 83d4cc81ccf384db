#include "model/json_plan.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "model/name.h"

namespace fleet::model {

Json Codec<Graph>::write(const Graph& graph) {
  Json rows = Json::array();
  for (std::uint32_t task = 0; task < graph.size(); ++task) {
    Json row = Json::array();
    for (const TaskIndex need : graph.needs({task}))
      row.push_back(need.value);
    rows.push_back(std::move(row));
  }
  return rows;
}

bool Codec<Graph>::read(const Json& json, Graph& graph, ReadFailure& failure) {
  std::vector<std::vector<TaskIndex>> rows;
  if (!Codec<decltype(rows)>::read(json, rows, failure)) return false;
  for (std::size_t task = 0; task < rows.size(); ++task) {
    const auto before = [task](TaskIndex need) { return need.value < task; };
    if (!std::all_of(rows[task].begin(), rows[task].end(), before)) {
      failure.say("a task can only need tasks that stand before it");
      return failure.within(task);
    }
  }
  graph = Graph(rows);
  return true;
}

std::string Fields<PlannedTask>::wrong(const PlannedTask& task) {
  if (!is_safe_name(task.id)) return "the id is not one that a workflow can give";
  if (task.retries.value < 0) return "retries cannot be negative";
  return {};
}

std::string Fields<Settings>::wrong(const Settings& settings) {
  return settings.parallel.value >= 1 ? "" : "at least one attempt must run at once";
}

std::string Fields<Plan>::wrong(const Plan& plan) {
  const std::size_t size = plan.tasks.size();
  if (plan.graph.size() != size) return fmt::format("{} tasks, but edges for {}", size, plan.graph.size());
  std::unordered_set<std::string_view> ids;
  for (const PlannedTask& task : plan.tasks) {
    if (!ids.insert(task.id).second) return fmt::format("two tasks are called {}", task.id);
  }
  for (const PlannedTask& task : plan.tasks) {
    if (std::holds_alternative<Prompt>(task.spec.work) && task.links.empty())
      return fmt::format("nobody does the prompt of {}", task.id);
    for (const AgentLink& link : task.links) {
      if (!plan.agents.contains(link.agent))
        return fmt::format("{} names an agent that is not there", task.id);
    }
  }
  for (const ForeseenConflict& conflict : plan.conflicts) {
    if (conflict.first.value >= size || conflict.second.value >= size)
      return "a conflict names a task that is not there";
  }
  const auto useless = [](const auto& cap) { return cap.second < 1; };
  if (std::any_of(plan.agent_parallel.begin(), plan.agent_parallel.end(), useless))
    return "an agent must be allowed at least one attempt at once";
  return {};
}

template Json to_json(const Plan&);
template Result<Plan> from_json(const Json&, std::string_view);

}  // namespace fleet::model
