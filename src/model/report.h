#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/time.h"
#include "model/attempt.h"
#include "model/plan.h"

// One model of what happened, from which every report is written.
namespace fleet::model {

enum class RunState { running, finished, failed, stopped, aborted };
enum class RequirementState { pending, in_progress, completed, failed, blocked };
// Where a delivered branch is now.
enum class BranchStanding {
  as_delivered,
  rolled_back,  // `fleet rollback` has added to it
  moved,        // somebody else's work: commits were added, or it was set elsewhere
  gone,         // `fleet clean`, or somebody, deleted it
};

struct AttemptReport {
  int number = 0;  // from 1
  TimePoint started{};
  std::optional<TimePoint> finished;  // none: it runs, or was cut off and nobody has gone on with it
  std::optional<Outcome> outcome;     // none as long as `finished` is none

  // 0 where there is no end.
  [[nodiscard]] Duration took() const {
    return finished ? std::max(*finished - started, Duration{}) : Duration{};
  }
};

struct TaskReport {
  TaskIndex index;
  std::string id;
  std::string title;
  std::string description;
  std::string kind;  // run, codemod, agent
  Priority priority = Priority::normal;
  std::vector<std::string> needs;  // ids
  std::vector<std::string> implements;
  std::uint32_t level = 0;
  bool critical = false;
  TaskState state = TaskState::waiting;
  std::string reason;  // why it is not done; empty when it is
  std::vector<AttemptReport> attempts;
  std::optional<Duration> forecast;
  bool runs_after_failure = false;  // as PlannedTask has it: where it is skipped, its own `if` did that

  // All its attempts together.
  [[nodiscard]] Duration took() const {
    Duration sum{};
    for (const AttemptReport& attempt : attempts)
      sum += attempt.took();
    return sum;
  }
};

struct ConflictReport {
  std::string loser;  // task ids
  std::string winner;
  std::vector<std::string> paths;
  std::string decision;  // what was done about it: `the run failed`, `materials ran again on top of rename`
};

struct RequirementReport {
  Requirement requirement;
  RequirementState state = RequirementState::pending;
  int percent = 0;                 // of the tasks that implement it, those done
  std::vector<std::string> tasks;  // ids
};

struct DeliveryReport {
  Delivery how = Delivery::none;
  std::string branch;                      // empty: none was written
  ObjectId commit;                         // as it was delivered
  std::optional<BranchStanding> standing;  // none: no branch was written
  ObjectId tip;                            // where the branch is now, when that is another commit
  ObjectId start;                          // what the run started from
  std::uint32_t files = 0;
  std::uint32_t added = 0;  // lines
  std::uint32_t removed = 0;
  std::string error;         // why nothing could be delivered
  std::string pull_request;  // its address; empty: none was opened, or the process that did it has ended
  std::string patch;         // the name of its file beside the reports; empty: there is none
};

// The change of a run, held against the workflow's gate.
struct GateReport {
  bool passed = true;
  std::vector<std::string> failures;  // each a sentence; empty: it passed
  // New findings that count.
  std::uint32_t errors = 0, warnings = 0, notes = 0;
  std::uint32_t files = 0;               // changed ones that were looked at
  std::uint32_t highest_complexity = 0;  // cyclomatic, of the changed functions; 0: there is none
  double score = 100;                    // overall, of the changed files
  std::vector<std::string> remarks;      // what was not looked at, and why
};

// What one agent did in a run.
struct AgentReport {
  std::string agent;
  std::vector<std::string> models;  // that answered, in the order in which they were first met
  int attempts = 0;
  int done = 0;
  Duration wall{};  // summed
  TotalCost cost;
};

// What a run with limits.cost has spent.
struct BudgetReport {
  double limit = 0;   // USD
  double booked = 0;  // what models charged, and what they may have where nobody knows
};

struct Report {
  std::string run;  // id
  std::string workflow;
  std::string workflow_path;
  std::string version;  // of fleet
  RunState state = RunState::running;
  bool cut_off = false;              // it is on record as running, and no process drives it
  std::vector<std::string> reasons;  // why the run did not finish well, the most telling first
  TimePoint started{};
  TimePoint finished{};           // or when it was last heard of
  int resumed = 0;                // how often it was resumed
  std::vector<TaskReport> tasks;  // in plan order
  std::vector<ConflictReport> conflicts;
  std::vector<RequirementReport> requirements;
  DeliveryReport delivery;
  std::optional<GateReport> gate;      // none: the workflow has none, or it is not time yet
  std::vector<AgentReport> agents;     // of those that asked models, by their names
  std::optional<BudgetReport> budget;  // none: the run has no limit on cost
  Usage usage;                         // wall: summed over the attempts
  Duration critical_path{};            // the longest chain of attempts that really waited on each other
  int parallel = 1;
  std::vector<std::string> notes;
};

}  // namespace fleet::model

namespace fleet {
FLEET_ENUM_NAMES(model::RunState, "running", "finished", "failed", "stopped", "aborted");
FLEET_ENUM_NAMES(model::RequirementState, "pending", "in-progress", "completed", "failed", "blocked");
FLEET_ENUM_NAMES(model::BranchStanding, "as-delivered", "rolled-back", "moved", "gone");
}  // namespace fleet
