#include "app/ci_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>
#include <vector>

#include "app/checkout.h"
#include "base/unique_fd.h"
#include "forge/action_inputs.h"
#include "forge/github_step.h"
#include "os/files.h"
#include "report/render.h"
#include "text/utf8.h"
#include "text/workflow_commands.h"

namespace fleet::app {
namespace {

bool is_github(const World& world) {
  return world.ci.forge == forge::Forge::github;
}

// Standard output may be a program's: the runner reads both.
void command(const World& world, const std::string& lines) {
  world.err(lines);
}

// Adds to a file that the runner reads when the step ends, and that other programs of the step may have
// written to.
Result<> append(const std::string& path, std::string_view text) {
  const base::UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644));
  if (!file) return base::fail_errno("write to the runner's file", path, errno);
  return os::write_all(file.get(), text, path);
}

std::size_t size_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::size_t>(size);
}

void write_outputs(const World& world, const std::vector<std::pair<std::string, std::string>>& outputs) {
  if (!is_github(world) || world.ci.output_file.empty()) return;
  if (const auto written = append(world.ci.output_file, forge::output_entries(outputs)); !written)
    warn(world, written.error());
}

// GitHub drops a summary whole that is past its limit. That of the step may have begun already.
void write_summary(const World& world, const model::Report& report) {
  if (!is_github(world) || world.ci.summary_file.empty()) return;
  const std::size_t used = std::min(size_of(world.ci.summary_file) + 1, report::kMarkdownLimit);
  const std::string text = report::to_markdown(report, report::kMarkdownLimit - used);
  if (const auto written = append(world.ci.summary_file, text); !written) warn(world, written.error());
}

// In a container, the job's folder is mounted elsewhere than where the next step finds it.
std::string below_workspace(const World& world, const std::string& folder) {
  if (folder.empty()) return {};
  const std::filesystem::path whole = std::filesystem::absolute(folder).lexically_normal();
  if (world.ci.workspace.empty()) return whole.string();
  const std::filesystem::path below = whole.lexically_relative(world.ci.workspace);
  return below.empty() || *below.begin() == ".." ? whole.string() : below.string();
}

std::string count_tasks(const model::Report& report, model::TaskState state) {
  return fmt::format("{}", std::count_if(report.tasks.begin(), report.tasks.end(),
                                         [state](const auto& task) { return task.state == state; }));
}

double spent(const model::Report& report) {
  double usd = 0;
  for (const model::AgentReport& agent : report.agents)
    usd += agent.cost.usd;
  return usd;
}

forge::Level level_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::error:
      return forge::Level::error;
    case model::Severity::warning:
      return forge::Level::warning;
    default:
      return forge::Level::notice;
  }
}

std::vector<forge::Annotation> annotations_of(const model::Report& report,
                                              const model::AnalysisReport* analysis) {
  std::vector<forge::Annotation> found;
  for (const model::TaskReport& task : report.tasks) {
    if (task.state == model::TaskState::failed)
      found.push_back({forge::Level::error, fmt::format("task {} failed", task.id), task.reason, {}, 0, 0});
  }
  if (report.gate) {
    for (const std::string& failure : report.gate->failures)
      found.push_back({forge::Level::error, "gate", failure, {}, 0, 0});
  }
  if (analysis == nullptr) return found;
  for (const model::Finding& finding : analysis->findings) {
    if (finding.counts())
      found.push_back({level_of(finding.severity), finding.rule, finding.message, finding.path,
                       finding.at.line, finding.at.column});
  }
  return found;
}

}  // namespace

Result<> check_job(const World& world) {
  for (const std::string& note : world.ci.notes)
    world.say(fmt::format("note: {}\n", text::printable(note, text::Newlines::escape)));
  return forge::check_trust(world.ci);
}

void hide_in_ci(const World& world, const std::map<std::string, std::string>& secrets) {
  if (!is_github(world)) return;
  std::vector<std::string> values{world.ci.token};
  for (const auto& [name, value] : secrets)
    values.push_back(value);
  command(world, forge::mask_commands(values));
}

void annotate(const World& world, const model::Diagnostics& diagnostics) {
  if (!is_github(world)) return;
  std::vector<forge::Annotation> found;
  for (const model::Diagnostic& each : diagnostics) {
    found.push_back({forge::Level::error, "workflow",
                     each.suggestion.empty() ? each.message : each.message + "; " + each.suggestion,
                     below_workspace(world, each.path), static_cast<std::uint32_t>(std::max(each.at.line, 0)),
                     static_cast<std::uint32_t>(std::max(each.at.column, 0))});
  }
  command(world, forge::annotation_commands(found, "the log has them all"));
}

void warn(const World& world, const Error& error) {
  if (!is_github(world)) return world.say(fmt::format("warning: {}\n", error.line()));
  command(world, forge::annotation_commands({{forge::Level::warning, "fleet", error.line(), {}, 0, 0}}, {}));
}

void annotate(const World& world, const Error& error) {
  if (!is_github(world)) return;
  command(world, forge::annotation_commands({{forge::Level::error, "fleet", explain(error), {}, 0, 0}}, {}));
}

void tell_ci(const World& world, const model::Report& report, const model::AnalysisReport* analysis,
             const std::string& folder) {
  if (!is_github(world)) return;
  command(world, forge::annotation_commands(annotations_of(report, analysis), "the report has them all"));
  write_summary(world, report);
  const auto& gate = report.gate;
  const auto& delivery = report.delivery;
  write_outputs(world,
                {{"outcome", gate && !gate->passed && report.state == model::RunState::finished
                                 ? "failed"
                                 : std::string(base::name_of(report.state))},
                 {"run", report.run},
                 {"branch", delivery.branch},
                 {"commit", delivery.commit.is_none() ? std::string() : delivery.commit.hex()},
                 {"pull-request", delivery.pull_request},
                 {"tasks-done", count_tasks(report, model::TaskState::done)},
                 {"tasks-failed", count_tasks(report, model::TaskState::failed)},
                 {"findings", gate ? fmt::format("{}", gate->errors + gate->warnings + gate->notes) : ""},
                 {"cost", fmt::format("{:.4f}", spent(report))},
                 {"report", below_workspace(world, folder)}});
}

void tell_ci(const World& world, const Error& error) {
  if (!is_github(world)) return;
  annotate(world, error);
  std::vector<std::pair<std::string, std::string>> outputs;
  outputs.reserve(forge::kActionOutputs.size());
  for (const std::string_view name : forge::kActionOutputs)
    outputs.emplace_back(name, "");
  outputs.front().second = error.fault == base::Fault::input ? "invalid" : "error";
  write_outputs(world, outputs);
}

}  // namespace fleet::app
