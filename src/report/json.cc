#include <tuple>

#include "model/json_attempt.h"
#include "model/json_report.h"
#include "model/json_workflow.h"
#include "report/build.h"
#include "report/render.h"

// The fields of a Report. report.schema.json describes what they make.
namespace fleet::model {

template <>
struct Fields<AttemptReport> {
  static constexpr auto list =
      std::tuple{field("number", &AttemptReport::number), field("started", &AttemptReport::started),
                 field("finished", &AttemptReport::finished), field("outcome", &AttemptReport::outcome)};
};

template <>
struct Fields<TaskReport> {
  static constexpr auto list = std::tuple{field("index", &TaskReport::index),
                                          field("id", &TaskReport::id),
                                          field("title", &TaskReport::title),
                                          field("description", &TaskReport::description),
                                          field("kind", &TaskReport::kind),
                                          field("priority", &TaskReport::priority),
                                          field("needs", &TaskReport::needs),
                                          field("implements", &TaskReport::implements),
                                          field("level", &TaskReport::level),
                                          field("critical", &TaskReport::critical),
                                          field("state", &TaskReport::state),
                                          field("reason", &TaskReport::reason),
                                          field("attempts", &TaskReport::attempts),
                                          field("forecast", &TaskReport::forecast),
                                          field("runs_after_failure", &TaskReport::runs_after_failure)};
};

template <>
struct Fields<ConflictReport> {
  static constexpr auto list =
      std::tuple{field("loser", &ConflictReport::loser), field("winner", &ConflictReport::winner),
                 field("paths", &ConflictReport::paths), field("decision", &ConflictReport::decision)};
};

template <>
struct Fields<RequirementReport> {
  static constexpr auto list = std::tuple{
      field("requirement", &RequirementReport::requirement), field("state", &RequirementReport::state),
      field("percent", &RequirementReport::percent), field("tasks", &RequirementReport::tasks)};
};

template <>
struct Fields<DeliveryReport> {
  static constexpr auto list = std::tuple{field("how", &DeliveryReport::how),
                                          field("branch", &DeliveryReport::branch),
                                          field("commit", &DeliveryReport::commit),
                                          field("standing", &DeliveryReport::standing),
                                          field("tip", &DeliveryReport::tip),
                                          field("start", &DeliveryReport::start),
                                          field("files", &DeliveryReport::files),
                                          field("added", &DeliveryReport::added),
                                          field("removed", &DeliveryReport::removed),
                                          field("error", &DeliveryReport::error),
                                          field("pull_request", &DeliveryReport::pull_request),
                                          field("patch", &DeliveryReport::patch)};
};

template <>
struct Fields<TotalCost> {
  static constexpr auto list = std::tuple{field("tokens", &TotalCost::tokens), field("usd", &TotalCost::usd),
                                          field("without_tokens", &TotalCost::without_tokens),
                                          field("without_usd", &TotalCost::without_usd)};
};

template <>
struct Fields<AgentReport> {
  static constexpr auto list =
      std::tuple{field("agent", &AgentReport::agent),       field("models", &AgentReport::models),
                 field("attempts", &AgentReport::attempts), field("done", &AgentReport::done),
                 field("wall", &AgentReport::wall),         field("cost", &AgentReport::cost)};
};

template <>
struct Fields<BudgetReport> {
  static constexpr auto list =
      std::tuple{field("limit", &BudgetReport::limit), field("booked", &BudgetReport::booked)};
};

template <>
struct Fields<Report> {
  static constexpr auto list = std::tuple{field("run", &Report::run),
                                          field("workflow", &Report::workflow),
                                          field("workflow_path", &Report::workflow_path),
                                          field("version", &Report::version),
                                          field("state", &Report::state),
                                          field("cut_off", &Report::cut_off),
                                          field("reasons", &Report::reasons),
                                          field("started", &Report::started),
                                          field("finished", &Report::finished),
                                          field("resumed", &Report::resumed),
                                          field("tasks", &Report::tasks),
                                          field("conflicts", &Report::conflicts),
                                          field("requirements", &Report::requirements),
                                          field("delivery", &Report::delivery),
                                          field("gate", &Report::gate),
                                          field("agents", &Report::agents),
                                          field("budget", &Report::budget),
                                          field("usage", &Report::usage),
                                          field("critical_path", &Report::critical_path),
                                          field("parallel", &Report::parallel),
                                          field("notes", &Report::notes)};
};

}  // namespace fleet::model

namespace fleet::report {

std::string to_json(const model::Report& report) {
  model::Json json = model::to_json(report);
  json["schema"] = "fleet-report/1";
  json["verdict"] = model::bytes_to_json(verdict(report));
  const Counts count = counts(report.tasks);
  const Efficiency figures = efficiency(report);
  json["totals"] = {{"tasks", count.total},
                    {"done", count.done},
                    {"failed", count.failed},
                    {"skipped", count.skipped},
                    {"cancelled", count.cancelled},
                    {"open", count.open},
                    {"attempts", count.attempts},
                    {"wall", model::to_json(figures.wall)},
                    {"one_by_one", model::to_json(figures.one_by_one)},
                    {"speed_up", figures.speed_up},
                    {"parallel_efficiency", figures.parallel_efficiency},
                    {"tasks_per_second", figures.tasks_per_second}};
  return model::dump_json(json) + "\n";
}

Result<model::Report> report_from_json(std::string_view text) {
  constexpr std::string_view kWhat = "the report";
  FLEET_TRY(model::Json json, model::parse_json(text, kWhat));
  if (json.is_object()) {
    for (const char* other : {"schema", "verdict", "totals"})
      json.erase(other);
  }
  return model::from_json<model::Report>(json, kWhat);
}

std::string to_json(const model::TaskReport& task) {
  return model::dump_json(model::to_json(task)) + "\n";
}

}  // namespace fleet::report
