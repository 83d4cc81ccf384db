#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/checkout.h"
#include "app/overlays.h"
#include "app/world.h"
#include "engine/action.h"
#include "model/plan.h"
#include "store/rows.h"
#include "store/writer.h"

namespace fleet::app {

// What was decided when the run began and holds for good, beside the plan.
struct FrozenOptions {
  ObjectId base;   // what `changed()` compares the start with; none: everything counts as changed
  ObjectId judge;  // the commit whose rules, gate and baseline judge the change
  std::string branch_prefix = "fleet";
  std::string goes_on_from;  // the run with an earlier plan whose results are kept; empty: none
};

// Where the process that drove a run before this one ran.
enum class CameFrom { here, elsewhere };

enum class Progress { plain, json, quiet };

// How this process drives the run. May be another way after a resume.
struct SessionOptions {
  Progress progress = Progress::plain;
  bool interactive = false;                    // put questions to a person
  std::optional<model::FailureAnswer> answer;  // to every question, where nobody can be asked
  std::optional<Overlays> overlays;            // --overlays; absent: FLEET_OVERLAYS, or automatic
  std::string workspaces;  // --workspaces; empty: FLEET_WORKSPACES, or below the temporary folder
};

// By the name of the variable.
using Secrets = std::map<std::string, std::string>;
// The values of all secrets that tasks name, and of the keys of agents: better to refuse now than to fail an
// hour in. An agent that names no key may do without. `or_else`: how a task does without, for the hint.
[[nodiscard]] Result<Secrets> collect_secrets(const World& world, const model::Plan& plan,
                                              const std::string& or_else);

// Drives one run in this process, from its first input or from where it was cut off, until it ends or is told
// to stop.
class Session {
 public:
  // Refuses when another process drives the run, or when there is no place for workspaces.
  [[nodiscard]] static Result<std::unique_ptr<Session>> open(World& world, const Checkout& checkout,
                                                             const store::RunRow& run,
                                                             const model::Plan& plan,
                                                             const FrozenOptions& frozen, Secrets secrets,
                                                             const SessionOptions& options);
  ~Session();

  // Both return when the run has ended for now. `begun`: in the run that this one goes on from.
  [[nodiscard]] Result<engine::FinishRun> start(store::NewRun run, std::vector<engine::Begun> begun);
  [[nodiscard]] Result<engine::FinishRun> resume(const model::Settings& settings, bool retry_failed,
                                                 CameFrom from);

 private:
  class Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The options as the database holds them.
[[nodiscard]] std::string to_json(const FrozenOptions& options);
[[nodiscard]] Result<FrozenOptions> frozen_options(const std::string& json);

}  // namespace fleet::app
