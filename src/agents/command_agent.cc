#include "agents/command_agent.h"

#include <fmt/format.h>

#include <cstring>

#include "base/assert.h"

namespace fleet::agents {

std::optional<std::string> describe_failure(std::string_view what, const ProgramEnded& ended) {
  if (!ended.error.empty()) return ended.error;
  if (ended.end.signal) {
    const char* name = sigabbrev_np(*ended.end.signal);
    return fmt::format("{} was ended by SIG{}", what, name ? name : std::to_string(*ended.end.signal));
  }
  if (ended.end.exit_status.value_or(0) != 0) {
    return fmt::format("{} ended with exit {}", what, *ended.end.exit_status);
  }
  return std::nullopt;
}

Want CommandAgent::next(const Event& event) {
  if (std::holds_alternative<Begin>(event)) return RunProgram{command_.argv, command_.shown};
  const auto* ended = std::get_if<ProgramEnded>(&event);
  FLEET_ASSERT(ended != nullptr, "a command asked for nothing but a program");
  Finish finish;
  // The first line is enough to know which one it was.
  const std::size_t end = command_.shown.find_last_not_of(" \n") + 1;
  const std::size_t first = command_.shown.find('\n');
  const std::string known_by = command_.shown.substr(0, first) + (first < end ? " ..." : "");
  if (auto failure = describe_failure(fmt::format("`{}`", known_by), *ended)) {
    finish.verdict = model::Verdict::failed;
    finish.reason = *failure;
    finish.feedback = fmt::format("{}\n{}", *failure, ended->output_tail);
  }
  return finish;
}

}  // namespace fleet::agents
