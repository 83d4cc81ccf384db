#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/run_report.h"
#include "model/json.h"
#include "os/files.h"
#include "report/render.h"
#include "terminal/summary.h"
#include "text/utf8.h"

namespace fleet::app {
namespace {

struct Options {
  Where where;
  std::string run;
  std::string task;
  bool json = false;
};

constexpr std::uint64_t kMostLog = 64 << 20;  // of a log that is shown whole

std::string describe(const model::AttemptReport& attempt) {
  const model::Outcome& outcome = attempt.outcome;
  std::string text = fmt::format("attempt {}: {} after {}", attempt.number, base::name_of(outcome.verdict),
                                 base::describe_duration(attempt.finished - attempt.started));
  if (!outcome.reason.empty()) text += ": " + outcome.reason;
  text += '\n';
  if (!outcome.summary.empty()) text += fmt::format("  {}\n", outcome.summary);
  if (!outcome.snapshot.is_none()) {
    text += fmt::format("  changed {} {}; see `git show {}`\n", outcome.changes,
                        outcome.changes == 1 ? "path" : "paths", outcome.snapshot.hex().substr(0, 10));
  }
  for (const auto& [name, value] : outcome.outputs)
    text += fmt::format("  output {}={}\n", name, value);
  for (const std::string& note : outcome.notes)
    text += fmt::format("  note: {}\n", note);
  return text;
}

Result<base::ExitCode> show_task(World& world, const Checkout& checkout, const model::Report& report,
                                 const Options& options) {
  for (const model::TaskReport& task : report.tasks) {
    if (task.id != options.task) continue;
    world.out(fmt::format("{} ({}): {}{}\n", task.id, task.kind, base::name_of(task.state),
                          task.reason.empty() ? "" : ": " + text::printable(task.reason)));
    for (const model::AttemptReport& attempt : task.attempts) {
      world.out(text::printable(describe(attempt)));
      if (attempt.outcome.log.empty()) continue;
      const std::string log = checkout.layout.run(report.run) / attempt.outcome.log;
      const auto output = os::read_file(log, kMostLog);
      if (!output) {
        world.out(fmt::format("  its output is in {}\n", log));
      } else if (!output->empty()) {
        world.out(text::printable(*output) + (output->back() == '\n' ? "" : "\n"));
      }
    }
    return base::ExitCode::good;
  }
  return base::fail_input("show the task", options.task, "the run has no such task",
                          fmt::format("`fleet show {}` lists them", report.run));
}

Result<base::ExitCode> run_show(World& world, const Options& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  FLEET_TRY(const model::Report report, build_report(checkout, reader, run, plan));
  if (options.json) {
    world.out(report::to_json(report));
    return base::ExitCode::good;
  }
  if (!options.task.empty()) return show_task(world, checkout, report, options);
  world.out(terminal::summary(report, {}, world.terminal->look(terminal::Stream::out)));
  return base::ExitCode::good;
}

}  // namespace

void add_show(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  app.add_option("run", options->run, "The run's id (default: the newest)");
  app.add_option("task", options->task, "One task: its attempts and their output");
  add_where(app, options->where);
  app.add_flag("--json", options->json, "The whole run as report.json has it");
  app.callback(
      [options, &action] { action = [options](World& world) { return run_show(world, *options); }; });
}

}  // namespace fleet::app
