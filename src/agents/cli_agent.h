#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agents/agent.h"
#include "agents/cli_program.h"

namespace fleet::agents {

// A prompt, done by a coding agent that is a program: it is started in the workspace, and what it says of
// its end is told apart. What it did is for others to judge.
class CliAgent final : public Agent {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Agent>> create(const Assignment& assignment,
                                                             const CliProgram& program);
  CliAgent(const CliProgram& program, RunProgram run, std::string agent, const model::SingleAgent& who,
           std::function<std::string(std::string_view)> mask)
      : program_(program),
        run_(std::move(run)),
        agent_(std::move(agent)),
        model_(who.model),
        price_(who.price),
        mask_(std::move(mask)) {}
  Want next(const Event& event) override;
  [[nodiscard]] std::optional<model::AgentUse> use() const override;

 private:
  [[nodiscard]] Finish finish(const ProgramEnded& ended);
  [[nodiscard]] std::string masked(std::string_view text) const;
  [[nodiscard]] std::optional<model::AgentFailure> failure_of(const ProgramEnded& ended,
                                                              std::string_view words) const;

  const CliProgram& program_;
  RunProgram run_;
  std::shared_ptr<CliReader> reader_;
  std::string agent_;
  std::string model_;
  std::optional<model::Price> price_;
  std::function<std::string(std::string_view)> mask_;
  std::optional<model::AgentFailure> failure_;
  std::optional<Duration> retry_after_;
};

}  // namespace fleet::agents
