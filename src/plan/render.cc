#include "plan/render.h"

#include <fmt/format.h>

#include "model/json.h"
#include "text/mermaid.h"
#include "text/utf8.h"

namespace fleet::plan {

namespace {

// What mermaid draws without being told to draw more (its setting maxEdges).
constexpr std::size_t kMermaidEdges = 500;

std::string forecast_of(const model::PlannedTask& task) {
  return task.forecast ? base::describe_duration(*task.forecast) : "";
}

// A double-quoted string of DOT, in which `\N` and its like would be replaced.
std::string dot_string(std::string_view bytes) {
  std::string quoted = "\"";
  for (const char c : text::printable(bytes, text::Newlines::escape)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

template <class Visit>
void for_each_edge(const model::Plan& plan, const Visit& visit) {
  for (std::uint32_t task = 0; task < plan.tasks.size(); ++task) {
    for (const TaskIndex need : plan.graph.needs({task}))
      visit(need, TaskIndex{task});
  }
}

bool is_critical(const model::Plan& plan, TaskIndex from, TaskIndex to) {
  return plan.task(from).critical && plan.task(to).critical;
}

}  // namespace

std::string to_json(const model::Plan& plan) {
  model::Json json = model::to_json(plan);
  json.erase("graph");
  json["schema"] = "fleet-plan/1";
  for (std::uint32_t i = 0; i < plan.tasks.size(); ++i) {
    model::Json& task = json["tasks"][i];
    task["kind"] = model::kind_of(plan.tasks[i].spec);
    model::Json& needs = task["needs"] = model::Json::array();
    for (const TaskIndex need : plan.graph.needs({i}))
      needs.push_back(plan.task(need).id);
  }
  for (std::size_t i = 0; i < plan.conflicts.size(); ++i) {
    json["conflicts"][i]["first"] = plan.task(plan.conflicts[i].first).id;
    json["conflicts"][i]["second"] = plan.task(plan.conflicts[i].second).id;
  }
  return model::dump_json(json) + "\n";
}

std::string to_mermaid(const model::Plan& plan) {
  std::string out = "flowchart TD\n";
  if (plan.graph.edge_count() > kMermaidEdges)
    out += fmt::format("%% {} edges: mermaid draws more than {} only with its setting maxEdges\n",
                       plan.graph.edge_count(), kMermaidEdges);
  for (std::uint32_t i = 0; i < plan.tasks.size(); ++i) {
    const model::PlannedTask& task = plan.tasks[i];
    const std::string time = task.forecast ? "<br/>" + forecast_of(task) : "";
    out += fmt::format("  t{}[\"{}{}\"]{}\n", i, text::mermaid_label(task.title), time,
                       task.critical ? ":::critical" : "");
  }
  for_each_edge(plan, [&](TaskIndex from, TaskIndex to) {
    out += fmt::format("  t{} {} t{}\n", from.value, is_critical(plan, from, to) ? "==>" : "-->", to.value);
  });
  for (const model::ForeseenConflict& conflict : plan.conflicts)
    out += fmt::format("  t{} -. \"{}\" .- t{}\n", conflict.first.value, text::mermaid_label(conflict.path),
                       conflict.second.value);
  return out + "  classDef critical stroke-width:3px\n";
}

std::string to_dot(const model::Plan& plan) {
  std::string out =
      fmt::format("digraph {} {{\n  node [shape=box, style=rounded];\n", dot_string(plan.workflow_name));
  for (std::uint32_t i = 0; i < plan.tasks.size(); ++i) {
    const model::PlannedTask& task = plan.tasks[i];
    const std::string label = task.forecast ? task.title + " (" + forecast_of(task) + ")" : task.title;
    out += fmt::format("  t{} [label={}{}];\n", i, dot_string(label), task.critical ? ", penwidth=2" : "");
  }
  for_each_edge(plan, [&](TaskIndex from, TaskIndex to) {
    out += fmt::format("  t{} -> t{}{};\n", from.value, to.value,
                       is_critical(plan, from, to) ? " [penwidth=2]" : "");
  });
  for (const model::ForeseenConflict& conflict : plan.conflicts)
    out += fmt::format("  t{} -> t{} [dir=none, style=dashed, constraint=false, label={}];\n",
                       conflict.first.value, conflict.second.value, dot_string(conflict.path));
  return out + "}\n";
}

}  // namespace fleet::plan
