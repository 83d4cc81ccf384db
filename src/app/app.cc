#include "app/app.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/checkout.h"
#include "app/ci_output.h"
#include "app/command.h"
#include "app/commands/options.h"
#include "app/world.h"
#include "os/signals.h"
#include "os/system.h"
#include "text/distance.h"
#include "text/utf8.h"

namespace fleet::app {
namespace {

using base::ExitCode;

int show_parse_error(const CLI::App& app, const CLI::ParseError& error, const World& world) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = app.exit(error, out, err);
  world.out(out.str());
  world.say(err.str());
  return status == 0 ? 0 : static_cast<int>(ExitCode::usage);
}

bool is_command(std::string_view name) {
  return std::any_of(commands().begin(), commands().end(),
                     [&](const Command& each) { return each.name == name; });
}

// The place of the word that names the command: behind options that may stand before it.
std::size_t command_at(const std::vector<std::string>& words) {
  std::size_t at = 0;
  while (at < words.size() && words[at] == "-C")
    at += 2;
  return at;
}

// Empty where there is none, or an option stands there.
std::string_view command_in(const std::vector<std::string>& words) {
  const std::size_t at = command_at(words);
  return at >= words.size() || words[at].starts_with('-') ? std::string_view() : words[at];
}

// `fleet help run` is `fleet run --help`.
std::vector<std::string> without_help(std::vector<std::string> words) {
  if (command_in(words) != "help") return words;
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(command_at(words)));
  words.push_back("--help");
  return words;
}

std::string describe_unknown(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Command& command : commands())
    names.push_back(command.name);
  const auto near = text::suggest(name, names);
  return fmt::format("fleet: there is no command `{}`\nhint: {}\n",
                     text::printable(name, text::Newlines::escape),
                     near ? fmt::format("did you mean `fleet {}`?", *near)
                          : fmt::format("the commands are {}", fmt::join(names, ", ")));
}

}  // namespace

int run(int argc, char** argv) {
  os::prepare_process();
  os::raise_open_file_limit();
  os::hide_own_memory();
  World world = real_world();
  CLI::App app(
      "Runs coding agents, codemods and commands on a repository: in parallel, isolated by git, resumable.",
      "fleet");
  app.set_version_flag("--version", "fleet " FLEET_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 good, 1 a task or the gate failed, 2 the workflow or the command line is wrong,\n"
      "3 the world failed (git, disk, network), 130 interrupted.");
  Action action;
  for (const Command& command : commands()) {
    CLI::App* added = app.add_subcommand(command.name, command.summary);
    added->footer(command.details);
    command.add(*added, action);
  }
  add_folder(app);
  std::vector<std::string> words =
      without_help(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  const std::string_view name = command_in(words);
  if (!name.empty() && !is_command(name)) {
    world.say(describe_unknown(name));
    return static_cast<int>(ExitCode::usage);
  }
  std::reverse(words.begin(), words.end());  // as the parser wants them
  try {
    app.parse(words);
  } catch (const CLI::ExtrasError& error) {
    std::vector<std::string> extra = app.remaining(true);
    std::reverse(extra.begin(), extra.end());  // as the error wants them
    return show_parse_error(app, CLI::ExtrasError(std::move(extra)), world);
  } catch (const CLI::ParseError& error) {
    return show_parse_error(app, error, world);
  }
  const Result<ExitCode> code = action(world);
  if (!code) {
    world.say(fmt::format("fleet: {}\n", explain(code.error())));
    tell_ci(world, code.error());
    return static_cast<int>(base::exit_code(code.error()));
  }
  return static_cast<int>(*code);
}

}  // namespace fleet::app
