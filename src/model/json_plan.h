#pragma once

#include <string>
#include <tuple>

#include "model/json_fields.h"
#include "model/json_workflow.h"
#include "model/plan.h"

// The fields of a plan.
namespace fleet::model {

// A list of what each task needs, in plan order.
template <>
struct Codec<Graph> {
  static constexpr bool kLeaveOut = true;
  static Json write(const Graph& graph);
  static bool read(const Json& json, Graph& graph, ReadFailure& failure);
};

template <>
struct Fields<AgentLink> {
  static constexpr auto list =
      std::tuple{field("agent", &AgentLink::agent), field("named", &AgentLink::named)};
};

template <>
struct Fields<PlannedTask> {
  static constexpr auto list = std::tuple{field("id", &PlannedTask::id),
                                          field("title", &PlannedTask::title),
                                          field("spec", &PlannedTask::spec),
                                          field("matrix", &PlannedTask::matrix),
                                          field("links", &PlannedTask::links),
                                          field("timeout", &PlannedTask::timeout),
                                          field("retries", &PlannedTask::retries),
                                          field("forecast", &PlannedTask::forecast),
                                          field("level", &PlannedTask::level),
                                          field("remaining", &PlannedTask::remaining),
                                          field("slack", &PlannedTask::slack),
                                          field("critical", &PlannedTask::critical),
                                          field("runs_after_failure", &PlannedTask::runs_after_failure)};
  static std::string wrong(const PlannedTask& task);
};

template <>
struct Fields<ForeseenConflict> {
  static constexpr auto list =
      std::tuple{field("first", &ForeseenConflict::first), field("second", &ForeseenConflict::second),
                 field("path", &ForeseenConflict::path)};
};

template <>
struct Fields<Settings> {
  static constexpr auto list = std::tuple{field("parallel", &Settings::parallel),
                                          field("duration", &Settings::duration),
                                          field("cost", &Settings::cost),
                                          field("stop_when_failed", &Settings::stop_when_failed),
                                          field("ask_when_failed", &Settings::ask_when_failed),
                                          field("conflicts", &Settings::conflicts),
                                          field("deliver", &Settings::deliver),
                                          field("grace", &Settings::grace)};
  static std::string wrong(const Settings& settings);
};

template <>
struct Fields<Forecast> {
  static constexpr auto list =
      std::tuple{field("duration", &Forecast::duration), field("critical_path", &Forecast::critical_path),
                 field("unit", &Forecast::unit), field("from_history", &Forecast::from_history)};
};

template <>
struct Fields<Plan> {
  static constexpr auto list = std::tuple{field("workflow_name", &Plan::workflow_name),
                                          field("workflow_path", &Plan::workflow_path),
                                          field("tasks", &Plan::tasks),
                                          field("graph", &Plan::graph),
                                          field("levels", &Plan::levels),
                                          field("settings", &Plan::settings),
                                          field("gate", &Plan::gate),
                                          field("requirements", &Plan::requirements),
                                          field("agents", &Plan::agents),
                                          field("agent_parallel", &Plan::agent_parallel),
                                          field("inputs", &Plan::inputs),
                                          field("env", &Plan::env),
                                          field("conflicts", &Plan::conflicts),
                                          field("forecast", &Plan::forecast),
                                          field("report_formats", &Plan::report_formats),
                                          field("report_comment", &Plan::report_comment),
                                          field("notes", &Plan::notes)};
  static std::string wrong(const Plan& plan);
};

}  // namespace fleet::model
