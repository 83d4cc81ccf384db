#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"

namespace fleet::app {

void add_resume(CLI::App& app, Action& action) {
  auto options = std::make_shared<ResumeOptions>();
  app.add_option("run", options->run, "The run's id (default: the newest, or the one in --from)");
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
  add_inputs(app, options->inputs, "With --replan: another value for an input of the workflow");
  app.get_option("--input")->needs(replan);
  add_end(app, options->end);
  app.callback(
      [options, &action] { action = [options](World& world) { return resume_run(world, *options); }; });
}

}  // namespace fleet::app
