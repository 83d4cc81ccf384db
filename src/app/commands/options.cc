#include "app/commands/options.h"

#include <CLI/CLI.hpp>

#include "base/time.h"

namespace fleet::app {
namespace {

// CLI11 shows what is returned here as what is wrong with the value.
std::function<std::string(const std::string&)> into_duration(std::optional<Duration>& value) {
  return [&value](const std::string& text) -> std::string {
    value = base::parse_duration(text);
    return value ? "" : "`" + text + "` is no duration: write 90s, 10m or 1h30m";
  };
}

void add_duration(CLI::App& app, const std::string& name, std::optional<Duration>& value,
                  const std::string& help) {
  app.add_option_function<std::string>(
         name, [](const std::string&) {}, help)
      ->check(CLI::Validator(into_duration(value), "DURATION", "duration"));
}

}  // namespace

void add_where(CLI::App& app, Where& where) {
  app.add_option("-C", where.directory, "Work in this folder instead of the current one")->type_name("DIR");
  app.add_option("--state", where.state,
                 "Where runs are kept (default: `fleet` in the git folder, or FLEET_STATE)")
      ->type_name("DIR");
}

void add_workflow(CLI::App& app, WorkflowChoice& choice) {
  app.add_option("workflow", choice.path, "The workflow file")->capture_default_str();
  app.add_option("--input", choice.inputs, "A value for one of the workflow's `inputs`; may be repeated")
      ->type_name("NAME=VALUE")
      ->take_all();
}

void add_limits(CLI::App& app, plan::Overrides& limits) {
  app.add_option("--max-parallel", limits.parallel,
                 "Attempts at once (default: limits.parallel, or the cores)")
      ->check(CLI::Range(1, 10'000));
  add_duration(app, "--max-duration", limits.duration, "Time limit of the whole run");
  add_duration(app, "--grace", limits.grace,
               "What running attempts are given after a stop before they are ended");
}

void add_session(CLI::App& app, SessionOptions& session) {
  const std::map<std::string, Progress> views{
      {"plain", Progress::plain}, {"json", Progress::json}, {"quiet", Progress::quiet}};
  app.add_option("--progress", session.progress,
                 "How the run is shown: plain, json (a line per event), quiet")
      ->transform(CLI::CheckedTransformer(views));
  app.add_flag("--interactive", session.interactive, "Put questions to the person at the terminal");
  const std::map<std::string, model::FailureAnswer> answers{{"retry", model::FailureAnswer::retry},
                                                            {"skip", model::FailureAnswer::skip},
                                                            {"abort", model::FailureAnswer::abort}};
  app.add_option("--answer", session.answer, "The answer to every question where nobody can be asked")
      ->transform(CLI::CheckedTransformer(answers));
  app.add_option("--workspaces", session.workspaces,
                 "Where tasks get their checkouts (default: FLEET_WORKSPACES, TMPDIR or /var/tmp)")
      ->type_name("DIR");
}

}  // namespace fleet::app
