#include "agents/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "os/command_line.h"

namespace fleet::agents {

std::vector<std::string> to_argv(std::string_view line) {
  // A block scalar ends in a line feed, which means nothing.
  while (!line.empty() && line.back() == '\n')
    line.remove_suffix(1);
  if (auto words = os::split_plain_command(line)) return *std::move(words);
  return {"/bin/sh", "-e", "-c", std::string(line)};
}

Result<ReadyCommand> ready(const model::Command& command, const Render& render) {
  if (const auto* line = std::get_if<std::string>(&command.line)) return ReadyCommand{to_argv(*line), *line};
  ReadyCommand out;
  for (const std::string& word : std::get<std::vector<std::string>>(command.line)) {
    FLEET_TRY(std::string rendered, render(word));
    out.argv.push_back(std::move(rendered));
  }
  out.shown = fmt::format("{}", fmt::join(out.argv, " "));
  return out;
}

}  // namespace fleet::agents
