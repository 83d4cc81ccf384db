#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/pipeline.h"

namespace fleet::app {

void add_resume(CLI::App& app, Action& action) {
  auto options = std::make_shared<ResumeOptions>();
  app.add_option("run", options->run, "The run's id (default: the newest)");
  add_where(app, options->where);
  add_limits(app, options->limits);
  add_session(app, options->session);
  app.add_option("--from", options->from, "A folder that `fleet export` wrote, here or elsewhere")
      ->type_name("DIR");
  app.add_flag("--retry-failed", options->retry_failed,
               "Run again what failed, and what was skipped or cancelled because of it");
  CLI::Option* replan =
      app.add_flag("--replan", options->replan,
                   "Go on in a new run with the workflow file as it is now; what was finished "
                   "by the same definition and inputs is kept");
  app.add_option("--input", options->inputs, "With --replan: another value for an input of the workflow")
      ->type_name("NAME=VALUE")
      ->needs(replan);
  app.add_option("--report", options->report, "Write the reports into this folder too")->type_name("DIR");
  app.add_option("--export-on-stop", options->export_on_stop,
                 "When stopped before its end, export the run into this folder")
      ->type_name("DIR");
  app.callback(
      [options, &action] { action = [options](World& world) { return resume_run(world, *options); }; });
}

}  // namespace fleet::app
