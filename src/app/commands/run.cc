#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/commands/show_plan.h"

namespace fleet::app {

void add_run(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunOptions>();
  auto dry_run = std::make_shared<bool>(false);
  add_workflow(app, options->workflow);
  add_where(app, options->where);
  add_limits(app, options->workflow.overrides);
  add_session(app, options->session);
  app.add_option("--from", options->from, "The revision to start from")
      ->capture_default_str()
      ->type_name("REV");
  app.add_option("--base", options->base,
                 "What changed() compares the start with (default: FLEET_BASE, or the start's first parent)")
      ->type_name("REV");
  app.add_option("--id", options->id, "The run's id (default: made up from the time)");
  app.add_option("--branch-prefix", options->branch_prefix, "The run's branch is PREFIX/ID")
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--formats", [options](const std::string& list) { options->workflow.formats = parse_formats(list); },
         "The reports to write, instead of those in the workflow's `report.formats`")
      ->type_name("FORMAT,...");
  add_end(app, options->end);
  app.add_flag("--dry-run", *dry_run, "Only show the plan, as `fleet plan` does");
  app.callback([options, dry_run, &action] {
    action = [options, dry_run](World& world) {
      if (!*dry_run) return run_workflow(world, *options);
      PlanRequest request{options->where, options->workflow, PlanFormat::tree};
      if (options->from != "HEAD") request.revisions.push_back(options->from);
      if (!options->base.empty()) request.revisions.push_back(options->base);
      return show_plan(world, request);
    };
  });
}

}  // namespace fleet::app
