#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/agent.h"
#include "model/attempt.h"
#include "model/workflow.h"

namespace fleet::agents {

// What a coding agent that is a program says of its work, by what it printed. Its exit status tells nothing:
// several of them exit with 0 when they could not even log in.
struct CliReport {
  bool ended = false;               // it said that it has ended, in whatever way
  std::string error;                // it said that it could not do it, and why; empty: it did not
  std::string summary;              // its last words
  std::vector<std::string> denied;  // tools that it was not allowed to use
  std::string model;
  std::string session;
  std::optional<int> turns;
  std::optional<model::AgentFailure> failure;  // where it told them apart itself
  std::optional<Duration> retry_after;
  std::optional<TimePoint> retry_at;
  model::Cost cost;
};

class CliReader : public OutputReader {
 public:
  [[nodiscard]] virtual const CliReport& report() const = 0;
  // The last of what the program itself remarks, on stderr or beside its stream: not the agent's words, in
  // which anything may stand.
  [[nodiscard]] const std::string& remarks() const { return remarks_; }
  void hear(std::string_view bytes) final {
    constexpr std::size_t kMost = 8192;
    remarks_ += bytes.substr(bytes.size() - std::min(bytes.size(), kMost));
    if (remarks_.size() > 2 * kMost) remarks_.erase(0, remarks_.size() - kMost);
  }

 private:
  std::string remarks_;
};

struct CliTask {
  const std::string& prompt;
  const model::SingleAgent& who;
};

// One kind of them. How to find out what changed in a new version: its `--help`, and what it prints.
struct CliProgram {
  std::string_view name;          // of the program
  std::string_view install;       // how to get it
  std::string_view key_variable;  // where it looks for its key; empty: that hangs on the model
  bool takes_url = false;         // it can be told where its model is served
  // What is to be run: without the key and the reader, which the agent adds.
  RunProgram (*invoke)(const CliTask& task);
  std::shared_ptr<CliReader> (*make_reader)();
  // What an exit status of its own means; null: nothing.
  std::optional<model::AgentFailure> (*failure_of_exit)(int status);
};

extern const CliProgram kClaudeCode, kCodex, kGeminiCli, kGrok, kOpencode, kAider, kPlugin;

// Null where the kind is no program.
[[nodiscard]] const CliProgram* cli_program(model::AgentKind kind);

}  // namespace fleet::agents
