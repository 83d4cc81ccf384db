#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/agent.h"
#include "model/attempt.h"
#include "model/change.h"
#include "model/plan.h"

namespace fleet::attempt {

// Everything that is known when an attempt is over. What was not reached keeps its empty value.
struct Facts {
  std::string could_not;  // why it could not be carried out at all: no workspace, no snapshot, ...
  std::optional<model::Verdict> stopped;  // timed_out, cancelled or interrupted: from outside
  Duration time_limit{};                  // for the message about timed_out
  std::optional<agents::Finish> said;     // by the agent
  std::vector<model::Change> changes;
  std::vector<std::string> secrets;          // that the changes bring: where, and which
  std::vector<std::string> gate;             // what the changes would fail the gate by, if that can be mended
  std::string gate_feedback;                 // where, and how to mend it
  std::vector<std::string> missing;          // paths of `expect` that are not there
  std::vector<std::string> missing_outputs;  // of `outputs`, not written
  std::string bad_outputs;                   // why the file of outputs cannot be read
  std::string failed_check;                  // which one, and how
  std::string check_output;                  // its last output
};

struct Judgement {
  model::Verdict verdict = model::Verdict::failed;
  std::string reason;
  std::string feedback;
};

// Whether a task is good only when it changed something: a codemod, an agent, a task with `expect`.
[[nodiscard]] bool must_change(const model::TaskSpec& task);

// The changed paths that a task's `writes` does not allow, in order. An Error when a glob of it does not
// parse.
[[nodiscard]] Result<std::vector<std::string>> outside_of_writes(const model::TaskSpec& task,
                                                                 const std::vector<model::Change>& changes);

// Whether the next attempt may begin with what this one left: work for an agent to mend, not what must not
// be in the repository.
[[nodiscard]] bool can_go_on(const model::TaskSpec& task, const Facts& facts);

// The verdict, by what happened: an agent's own word only ever makes it worse.
[[nodiscard]] Judgement judge(const model::TaskSpec& task, const Facts& facts);

}  // namespace fleet::attempt
