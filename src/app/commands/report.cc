#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/run_report.h"

namespace fleet::app {
namespace {

struct ReportOptions {
  Where where;
  std::string run;
  std::string to;
};

Result<base::ExitCode> run_report(World& world, const ReportOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  FLEET_TRY(const model::Report report, build_report(checkout, reader, run, plan));
  const std::filesystem::path folder =
      options.to.empty() ? checkout.layout.report(run.id) : std::filesystem::path(options.to);
  FLEET_TRY(const std::vector<std::string> files, write_reports(report, plan, folder));
  for (const std::string& file : files)
    world.out(file + "\n");
  return base::ExitCode::good;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  auto options = std::make_shared<ReportOptions>();
  app.add_option("run", options->run, "The run's id (default: the newest)");
  app.add_option("--to", options->to, "The folder (default: the run's own)")->type_name("DIR");
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_report(world, *options); }; });
}

}  // namespace fleet::app
