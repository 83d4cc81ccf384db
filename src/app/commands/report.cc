#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/gate.h"
#include "app/run_report.h"

namespace fleet::app {
namespace {

struct ReportOptions {
  Where where;
  std::string run;
  std::string to;
  std::vector<model::ReportFormat> formats;  // empty: those of the workflow
};

Result<base::ExitCode> run_report(World& world, const ReportOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  FLEET_TRY(const model::Report report, build_report(checkout, reader, run, plan));
  const std::filesystem::path own = checkout.layout.report(run.id);
  const std::filesystem::path folder = options.to.empty() ? own : std::filesystem::path(options.to);
  // Nothing is analysed again: what the run found stands beside its reports.
  FLEET_TRY(const auto analysis, written_findings(own));
  FLEET_TRY(const report::HtmlExtras extras,
            html_extras(reader, run.workflow, analysis ? &*analysis : nullptr));
  const auto& formats = options.formats.empty() ? plan.report_formats : options.formats;
  FLEET_TRY(const std::vector<std::string> files, write_reports(report, formats, extras, folder));
  for (const std::string& file : files)
    world.out(file + "\n");
  return base::ExitCode::good;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  auto options = std::make_shared<ReportOptions>();
  app.add_option("run", options->run, "The run's id (default: the newest)");
  app.add_option("--to", options->to, "The folder (default: the run's own)")->type_name("DIR");
  constexpr auto& kNames = base::EnumNames<model::ReportFormat>::names;
  add_words(app, "--format", {kNames.begin(), kNames.end()}, "This one, whatever the workflow asks for",
            [options](std::size_t i) { options->formats = {static_cast<model::ReportFormat>(i)}; });
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_report(world, *options); }; });
}

}  // namespace fleet::app
