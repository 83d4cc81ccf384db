#include "plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "plan/conflicts.h"
#include "plan/forecast.h"
#include "plan/links.h"
#include "plan/matrix.h"
#include "plan/numbering.h"
#include "plan/order.h"
#include "plan/prices.h"
#include "plan/settings.h"
#include "plan/values.h"
#include "text/expression.h"

namespace fleet::plan {

namespace {

// What history says is bounded, so that the longest sums stay far from the end of the number line.
constexpr Duration kLongestForecast = std::chrono::hours(24 * 30);

bool runs_after_failure(const model::TaskSpec& spec) {
  if (!spec.condition) return false;
  const auto condition = text::Expression::parse(spec.condition->value);
  if (!condition) return false;
  const auto& calls = condition->calls();
  return std::any_of(calls.begin(), calls.end(), [](const text::Call& call) {
    return call.needs_run && call.function != "changed";  // as GitHub: any of them replaces `success() &&`
  });
}

std::string title_of(const model::TaskSpec& spec, const Cell& cell, bool name_has_values) {
  const std::string& name = spec.name.empty() ? spec.id : spec.name;
  return cell.label.empty() || name_has_values ? name : fmt::format("{} ({})", name, cell.label);
}

// The tasks in plan order, without what only the whole graph tells.
std::vector<model::PlannedTask> write_out(const model::Workflow& workflow, const PlanOptions& options,
                                          const std::vector<Slot>& slots,
                                          const std::map<std::string, std::string>& inputs,
                                          model::Diagnostics& diagnostics) {
  std::vector<model::PlannedTask> tasks(slots.size());
  std::vector<Cell> of_task;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const model::TaskSpec& spec = workflow.tasks[slots[i].task];  // without its needs: the graph has them
    if (slots[i].cell == 0) of_task = cells(spec);                // the cells of a task stand together
    Cell& cell = of_task[slots[i].cell];

    model::PlannedTask& task = tasks[i];
    task.spec = spec;
    task.id = cell.slug.empty() ? spec.id : spec.id + "." + cell.slug;
    task.matrix = std::move(cell.values);
    apply_defaults(workflow, options, task);
    TaskValues(workflow, inputs, task, diagnostics).put_in();
    task.title = title_of(task.spec, cell, task.spec.name != spec.name);
    task.runs_after_failure = runs_after_failure(spec);
    if (options.history) task.forecast = options.history(task.id);
    if (task.forecast) task.forecast = std::clamp(*task.forecast, Duration(1), kLongestForecast);
  }
  return tasks;
}

// The middle one of the durations that history knows.
Duration unit_of(const std::vector<model::PlannedTask>& tasks, std::size_t& from_history) {
  std::vector<Duration> known;
  for (const model::PlannedTask& task : tasks) {
    if (task.forecast) known.push_back(*task.forecast);
  }
  from_history = known.size();
  if (known.empty()) return kDefaultUnit;
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
  std::nth_element(known.begin(), middle, known.end());
  return *middle;
}

void look_ahead(model::Plan& plan) {
  plan.forecast.unit = unit_of(plan.tasks, plan.forecast.from_history);
  std::vector<Duration> durations;
  durations.reserve(plan.tasks.size());
  for (const model::PlannedTask& task : plan.tasks)
    durations.push_back(task.forecast.value_or(plan.forecast.unit));

  const Paths found = paths(plan.graph, durations);
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    model::PlannedTask& task = plan.tasks[i];
    task.level = found.level[i];
    task.remaining = found.remaining[i];
    task.slack = found.slack[i];
    task.critical = found.slack[i] == Duration{};
    plan.levels = std::max(plan.levels, task.level + 1);
  }
  plan.forecast.critical_path = found.longest;
  if (plan.forecast.from_history > 0) plan.forecast.duration = simulate(plan, durations);
}

// Who does the prompts. Tasks of the same agent have the same links.
void assign_agents(const model::Workflow& workflow, const PlanOptions& options, model::Plan& plan,
                   model::Diagnostics& diagnostics) {
  std::map<std::string, std::vector<model::AgentLink>> of_agent;
  for (model::PlannedTask& task : plan.tasks) {
    const auto* prompt = std::get_if<model::Prompt>(&task.spec.work);
    if (prompt == nullptr) continue;
    const auto [found, is_new] = of_agent.try_emplace(prompt->agent);
    if (is_new) found->second = links(workflow, prompt->agent, options.agent_records);
    task.links = found->second;
  }
  for (const model::AgentSpec& agent : workflow.agents) {
    const auto* single = std::get_if<model::SingleAgent>(&agent.what);
    const bool is_used = std::any_of(of_agent.begin(), of_agent.end(), [&](const auto& used) {
      return std::any_of(used.second.begin(), used.second.end(),
                         [&](const model::AgentLink& link) { return link.agent == agent.name; });
    });
    if (!single || !is_used) continue;
    model::SingleAgent& planned = plan.agents.emplace(agent.name, *single).first->second;
    fill_in_listed(planned, options.today);
    if (!plan.settings.cost.value) continue;
    if (auto wrong = unbounded(planned))
      diagnostics.push_back({workflow.path, agent.at, static_cast<int>(agent.name.size()),
                             fmt::format("a limit on cost cannot hold for {}: {}", agent.name, wrong->why),
                             std::move(wrong->hint)});
  }
}

// What is wrong with all cells of a matrix alike is one error.
void say_once(model::Diagnostics& diagnostics) {
  std::set<std::tuple<int, int, std::string>> said;
  std::erase_if(diagnostics, [&](const model::Diagnostic& each) {
    return !said.emplace(each.at.line, each.at.column, each.message).second;
  });
}

}  // namespace

Planning make(const model::Workflow& workflow, const PlanOptions& options) {
  Planning out;
  model::Plan& plan = out.plan;
  plan.workflow_name = workflow.name;
  plan.workflow_path = workflow.path;
  plan.requirements = workflow.requirements;
  plan.gate = workflow.gate;
  plan.env = environment_below(workflow);
  plan.report_formats = workflow.report.formats;
  plan.report_comment = workflow.report.comment;
  plan.settings = settings(workflow, options);
  plan.inputs = input_values(workflow, options.inputs, out.diagnostics);
  for (const model::AgentSpec& agent : workflow.agents) {
    if (agent.parallel) plan.agent_parallel[agent.name] = *agent.parallel;
  }

  Numbering numbering = number(workflow, out.diagnostics);
  plan.tasks = write_out(workflow, options, numbering.slots, plan.inputs, out.diagnostics);
  if (out.diagnostics.empty()) {
    plan.graph = std::move(numbering.graph);
    assign_agents(workflow, options, plan, out.diagnostics);
    look_ahead(plan);
    Foreseen foreseen = foresee_conflicts(plan);
    plan.conflicts = std::move(foreseen.conflicts);
    if (!foreseen.complete)
      plan.notes.push_back("not all pairs of tasks were compared: there may be more conflicts ahead");
  }
  say_once(out.diagnostics);
  std::stable_sort(out.diagnostics.begin(), out.diagnostics.end(),
                   [](const model::Diagnostic& left, const model::Diagnostic& right) {
                     return std::pair(left.at.line, left.at.column) <
                            std::pair(right.at.line, right.at.column);
                   });
  return out;
}

}  // namespace fleet::plan
