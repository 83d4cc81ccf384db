#pragma once

#include <functional>
#include <span>

#include "app/world.h"
#include "base/exit_code.h"

namespace CLI {
class App;
}

namespace fleet::app {

// What the chosen command does, once the command line is read.
using Action = std::function<Result<base::ExitCode>(World&)>;

// One command: a row in a table. `add` tells its options to the parser, and leaves in `action` what to do
// when the command is the one that was given.
struct Command {
  const char* name;
  const char* summary;
  const char* details;  // of --help, with an example
  void (*add)(CLI::App& app, Action& action);
};

[[nodiscard]] std::span<const Command> commands();

}  // namespace fleet::app
