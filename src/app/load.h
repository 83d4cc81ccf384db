#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "app/checkout.h"
#include "app/world.h"
#include "model/plan.h"
#include "model/workflow.h"
#include "plan/planner.h"

namespace fleet::app {

inline constexpr const char* kDefaultWorkflow = ".fleet/workflow.yml";  // in the work tree's root
inline constexpr int kMostParallel = 10'000;  // that the command line and the environment may ask for
inline constexpr std::uint64_t kMostWorkflowBytes = 8 << 20;  // as yaml/ has it

// Which workflow, and what the command line says about it.
struct WorkflowChoice {
  std::string path;                 // relative to the folder we stand in; empty: kDefaultWorkflow
  std::vector<std::string> inputs;  // NAME=VALUE
  std::map<std::string, std::string> earlier_inputs;  // of a run before: for those that are not given
  plan::Overrides overrides;
  std::vector<model::ReportFormat> formats{};  // instead of the workflow's; empty: those
};

struct Loaded {
  model::Workflow workflow;
  model::Plan plan;
};

// What this build cannot honour is a note where the plan is only looked at, and refused where it is run.
enum class Purpose { look, run };

// Reads, validates and plans. Everything that is wrong with the file is shown on standard error, in one go;
// the Error then only says that it was.
[[nodiscard]] Result<Loaded> load(const World& world, const Checkout& checkout, const WorkflowChoice& choice,
                                  Purpose purpose);

// Where a workflow is that a plan names (Plan::workflow_path), from the folder we stand in: such names are
// relative to the root of the work tree, or whole where the file lies outside of it.
[[nodiscard]] std::filesystem::path workflow_file(const Checkout& checkout, const std::string& name);

// The time limit of a run: longer than nothing, as in the workflow file.
[[nodiscard]] std::optional<Duration> parse_time_limit(std::string_view text);
// No longer than what the CI system waits before it kills a job that is cancelled: the reports come first.
void cap_grace(const World& world, model::Settings& settings);

inline constexpr double kMostCost = 1e9;  // USD
// `5`, `2.50`
[[nodiscard]] std::optional<double> parse_cost(std::string_view text);

// What FLEET_MAX_PARALLEL, FLEET_MAX_DURATION, FLEET_MAX_COST and FLEET_GRACE say, with the bounds of their
// options.
[[nodiscard]] Result<plan::Overrides> limits_of_environment(const World& world);

}  // namespace fleet::app
