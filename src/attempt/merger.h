#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "attempt/services.h"
#include "engine/action.h"
#include "git/integration.h"

namespace fleet::attempt {

// What an attempt starts from.
struct Base {
  ObjectId commit;
  ObjectId tree;
};

// The integration of a run, on the one thread that owns it; calls are answered on the loop's thread, in
// order.
class Merger {
 public:
  explicit Merger(const Services& services);

  // Takes in what had been integrated when the run was cut off.
  void restore(std::vector<git::TaskResult> results, std::function<void(Result<>)> done);
  // What a task starts from. Where it starts from no result, the answer comes within the call.
  void base(const engine::StartAttempt& start, std::function<void(Result<Base>)> done);
  void offer(const engine::Merge& merge, std::function<void(Result<git::Acceptance>)> done);
  void withdraw(std::vector<TaskIndex> tasks);
  // Writes the run's branch.
  void publish(std::vector<TaskIndex> accepted, std::function<void(engine::Published)> done);

 private:
  // Only the merger's thread looks inside.
  struct State {
    std::optional<git::Integration> integration;
    ObjectId last_commit, last_tree;  // most tasks start from the same
  };
  [[nodiscard]] static Result<git::Integration*> integration(State& state, const Services& services);
  [[nodiscard]] static git::OnConflict on_conflict(const Services& services);
  [[nodiscard]] static Result<git::TaskResult> with_message(const Services& services, git::TaskResult result);

  const Services& services_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// The commit of one attempt's result. `use`: who did a prompt, and what it cost.
[[nodiscard]] std::string result_message(const Services& services, const model::PlannedTask& task,
                                         int attempt, const std::string& key, const std::string& summary,
                                         const std::optional<model::AgentUse>& use);

}  // namespace fleet::attempt
