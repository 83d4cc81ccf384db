#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agents/command_line.h"
#include "base/result.h"
#include "git/tree_editor.h"
#include "model/attempt.h"
#include "model/plan.h"

namespace fleet::agents {

// What an agent may want next. Only attempt/ knows how it is done.

// Run a program in the attempt's workspace; answered by ProgramEnded.
struct RunProgram {
  std::vector<std::string> argv;
  std::string shown;  // for people: what the user wrote
};
// Edit the tree that the attempt starts from, without a checkout; answered by TreeEdited. The function runs
// on another thread, once; it gives back a summary for people, or gives up soon after `stop` was set.
struct EditTree {
  std::function<Result<std::string>(git::TreeEditor&, const std::atomic<bool>& stop)> edit;
};
// Nothing more: what the agent itself says of its work. attempt/ judges by what really happened.
struct Finish {
  model::Verdict verdict = model::Verdict::done;
  std::string reason;    // why not done
  std::string summary;   // what was done
  std::string feedback;  // for the next attempt
};
using Want = std::variant<RunProgram, EditTree, Finish>;

// What an agent is told.
struct Begin {};
struct ProgramEnded {
  model::ProgramEnd end;
  std::string output_tail;  // the last of its output, secrets masked
  std::string error;        // why it could not be started; then `end` says nothing
};
struct TreeEdited {
  Result<std::string> summary;
};
using Event = std::variant<Begin, ProgramEnded, TreeEdited>;

// Whoever does a task's work, as a step machine: it is told what happened and answers with what it wants
// next. It never blocks, and owns no thread. One attempt each; one thread at a time.
class Agent {
 public:
  virtual ~Agent() = default;
  virtual Want next(const Event& event) = 0;
};

// Everything an agent may know of its attempt.
struct Assignment {
  const model::PlannedTask& task;
  int attempt = 1;
  std::string feedback;  // from the attempt before
  Render render;         // for the `${{ }}` that are left in the texts of the task
};

// The agent for a task's work. An Error where the work cannot be done: a pattern that does not parse, an
// expression that cannot be evaluated.
[[nodiscard]] Result<std::unique_ptr<Agent>> make_agent(const Assignment& assignment);

}  // namespace fleet::agents
