#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "app/commands/commands.h"
#include "forge/action_inputs.h"

namespace fleet::app {
namespace {

// The inputs become words of the command line, so that they mean what its options mean, and are refused where
// those would be.
Result<base::ExitCode> run_action(World& world) {
  FLEET_TRY(forge::ActionInputs inputs,
            forge::read_action_inputs([&world](std::string_view name) { return world.variable(name); }));
  world.ci.token = std::move(inputs.token);
  world.ci.trusts_fork |= inputs.trusts_fork;
  const std::string command = inputs.words.front();
  std::vector<std::string> words(inputs.words.begin() + 1, inputs.words.end());
  std::reverse(words.begin(), words.end());  // as the parser wants them
  CLI::App app;
  Action action;
  (command == "publish" ? add_publish : command == "resume" ? add_resume : add_run)(app, action);
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return base::fail_input(
        "use the action's inputs", {}, error.what(),
        fmt::format("they stand for `fleet {}`, whose --help says what each may be", command));
  }
  return action(world);
}

}  // namespace

void add_action(CLI::App& app, Action& action) {
  app.callback([&action] { action = run_action; });
}

}  // namespace fleet::app
