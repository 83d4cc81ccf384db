#include "report/html.h"

#include <chrono>

#include "base/enum_names.h"
#include "report/build.h"
#include "report/html_data.h"
#include "report/html_page.h"

namespace fleet::report {

using model::Json;

namespace {

constexpr std::size_t kMostLines = 100;      // of reasons, notes, and what the gate says
constexpr std::size_t kMostClashPaths = 20;  // that one conflict names
constexpr std::size_t kMostRuns = 30;        // earlier ones
constexpr std::size_t kFrame = 16 * 1024;  // bytes that are kept for what says what is left out, and the like

double milliseconds(TimePoint time) {
  return static_cast<double>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

Json page_lines(const std::vector<std::string>& from, std::size_t width = 600) {
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(from.size(), kMostLines); ++i)
    list.push_back(page_line(from[i], width));
  if (from.size() > kMostLines) list.push_back("and " + std::to_string(from.size() - kMostLines) + " more");
  return list;
}

Json page_figures(const model::Report& report) {
  const Efficiency figures = efficiency(report);
  Json json = {{"one_by_one", page_seconds(figures.one_by_one)},
               {"speed_up", figures.speed_up},
               {"parallel_efficiency", figures.parallel_efficiency},
               {"critical_path", page_seconds(report.critical_path)}};
  if (report.usage.peak_memory) json["memory"] = *report.usage.peak_memory;
  return json;
}

Json page_counts(const model::Report& report) {
  const Counts count = counts(report.tasks);
  return {{"total", count.total}, {"done", count.done}, {"attempts", count.attempts}};
}

Json page_delivery(const model::DeliveryReport& delivery) {
  Json json = {{"files", delivery.files}, {"added", delivery.added}, {"removed", delivery.removed}};
  put(json, "branch", page_line(delivery.branch));
  if (!delivery.commit.is_none()) json["commit"] = delivery.commit.hex().substr(0, 12);
  if (!delivery.tip.is_none()) json["tip"] = delivery.tip.hex().substr(0, 12);
  put(json, "pull_request", page_line(delivery.pull_request));
  if (delivery.standing) json["standing"] = base::name_of(*delivery.standing);
  return json;
}

Json page_gate(const model::GateReport& gate) {
  return {{"passed", gate.passed},
          {"text", describe(gate)},
          {"score", gate.score},
          {"remarks", page_lines(gate.remarks, 300)}};
}

Json page_conflict(const model::ConflictReport& conflict) {
  Json json = {{"loser", page_line(conflict.loser)},
               {"winner", page_line(conflict.winner)},
               {"decision", page_line(conflict.decision)},
               {"paths", Json::array()}};
  for (std::size_t i = 0; i < std::min(conflict.paths.size(), kMostClashPaths); ++i)
    json["paths"].push_back(page_line(conflict.paths[i]));
  if (conflict.paths.size() > kMostClashPaths) json["more"] = conflict.paths.size() - kMostClashPaths;
  return json;
}

Json page_requirement(const model::RequirementReport& requirement) {
  Json json = {{"id", page_line(requirement.requirement.id, 80)},
               {"text", page_line(requirement.requirement.text, 600)},
               {"state", base::name_of(requirement.state)},
               {"percent", requirement.percent},
               {"tasks", Json::array()}};
  for (const std::string& task : requirement.tasks)
    json["tasks"].push_back(page_line(task));
  return json;
}

Json page_agent(const model::AgentReport& agent) {
  return {{"name", page_line(agent.agent, 80)},
          {"models", page_lines(agent.models, 80)},
          {"attempts", agent.attempts},
          {"done", agent.done},
          {"wall", page_seconds(agent.wall)},
          {"input", agent.cost.tokens.input},
          {"cached", agent.cost.tokens.cached_input},
          {"cache_writes", agent.cost.tokens.cache_writes},
          {"output", agent.cost.tokens.output},
          {"usd", agent.cost.usd},
          {"usd_text", describe_usd(agent.cost)},
          {"tokens_text", describe_tokens(agent.cost)}};
}

model::TotalCost total_cost(const std::vector<model::AgentReport>& agents) {
  model::TotalCost total;
  for (const model::AgentReport& agent : agents) {
    total.tokens += agent.cost.tokens;
    total.usd += agent.cost.usd;
    total.without_tokens += agent.cost.without_tokens;
    total.without_usd += agent.cost.without_usd;
  }
  return total;
}

Json page_head(const model::Report& report) {
  Json json = {{"run", page_line(report.run)},
               {"workflow", page_line(report.workflow)},
               {"path", page_line(report.workflow_path)},
               {"version", page_line(report.version, 60)},
               {"state", base::name_of(report.state)},
               {"good", is_good(report)},
               {"void", is_void(report)},
               {"cut_off", report.cut_off},
               {"verdict", verdict(report)},
               {"reasons", page_lines(report.reasons)},
               {"notes", page_lines(report.notes)},
               {"started", milliseconds(report.started)},
               {"wall", page_seconds(std::max(report.finished - report.started, Duration{}))},
               {"parallel", report.parallel},
               {"resumed", report.resumed},
               {"counts", page_counts(report)},
               {"figures", page_figures(report)},
               {"delivery", page_delivery(report.delivery)}};
  const model::TotalCost cost = total_cost(report.agents);
  put(json, "usd", describe_usd(cost));
  put(json, "tokens", describe_tokens(cost));
  if (report.budget) json["budget"] = describe(*report.budget);
  if (report.gate) json["gate"] = page_gate(*report.gate);
  return json;
}

Json page_runs(const std::vector<RunMark>& runs) {
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(runs.size(), kMostRuns); ++i)
    list.push_back({{"run", page_line(runs[i].run)},
                    {"state", base::name_of(runs[i].state)},
                    {"started", milliseconds(runs[i].started)},
                    {"wall", page_seconds(runs[i].wall)}});
  return list;
}

}  // namespace

std::string to_html(const model::Report& report, const HtmlExtras& extras, std::size_t limit) {
  const std::size_t around = kPageHead.size() + kPageTail.size() + kFrame;
  const std::size_t all = limit > around ? limit - around : 0;
  Room room(all);
  LeftOut left_out;
  Json json = page_head(report);
  json["runs"] = page_runs(extras.runs);
  room.take(std::min(size_on_page(json), room.left()));
  json["tasks"] = page_tasks(report, room, all * 2 / 5, left_out);
  const auto add = [&](const char* name, const auto& items, const char* one, const char* many, auto make) {
    json[name] = Json::array();
    say_left_out(left_out, add_each(json[name], items, room, all / 3, make), one, many);
  };
  add("conflicts", report.conflicts, "conflict", "conflicts", page_conflict);
  add("requirements", report.requirements, "requirement", "requirements", page_requirement);
  add("agents", report.agents, "agent", "agents", page_agent);
  if (extras.analysis != nullptr)
    json["findings"] = page_findings(*extras.analysis, room, all / 20, left_out);
  add_output(json["tasks"], report, room, left_out);
  json["left_out"] = left_out;

  std::string page(kPageHead);
  page += on_page(json);
  page += kPageTail;
  return page;
}

}  // namespace fleet::report
