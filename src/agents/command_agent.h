#pragma once

#include "agents/agent.h"
#include "agents/command_line.h"

namespace fleet::agents {

// `run:`: one program, whose exit status is its word on the matter.
class CommandAgent final : public Agent {
 public:
  explicit CommandAgent(ReadyCommand command) : command_(std::move(command)) {}
  Want next(const Event& event) override;

 private:
  ReadyCommand command_;
};

// What a program's end means for the one who wanted it: nothing when it ended well. `what` names it.
[[nodiscard]] std::optional<std::string> describe_failure(std::string_view what, const ProgramEnded& ended);

}  // namespace fleet::agents
