#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/diagnostic.h"
#include "model/plan.h"
#include "model/workflow.h"

// Workflow -> Plan: what will run, in which order, with which settings. Pure: no file, no clock.
namespace fleet::plan {

// What overrides the workflow file. Each is absent where nobody gave it.
struct Overrides {
  std::optional<int> parallel;
  std::optional<Duration> duration;  // of the whole run
  std::optional<double> cost;        // USD
  std::optional<double> stop_when_failed;
  std::optional<model::AskWhenFailed> ask_when_failed;
  std::optional<model::ConflictStrategy> conflicts;
  std::optional<model::Delivery> deliver;
  std::optional<Duration> grace;
  std::optional<Duration> timeout;  // of every task
  std::optional<int> retries;       // of every task
};

// How an agent did so far, in this repository.
struct AgentTally {
  int tries = 0;  // attempts that ended by themselves
  int done = 0;
};
using AgentRecords = std::map<std::string, AgentTally, std::less<>>;  // by its name

struct PlanOptions {
  Overrides command_line;
  Overrides environment;                      // FLEET_*, action inputs
  std::map<std::string, std::string> inputs;  // --input NAME=VALUE
  int cores = 1;                              // how many attempts at once when nobody says
  // How long a task of this id took before, where history knows. May be empty.
  std::function<std::optional<Duration>(std::string_view task_id)> history;
  AgentRecords agent_records;
  TimePoint today{};  // whose prices hold
};

// Bounds on what a small file can blow up to. The reader's bounds on matrices are tighter; past this one, a
// matrix is planned as one task. Too many needs are a diagnostic.
inline constexpr std::size_t kMaxCells = 1024;  // of one matrix
inline constexpr std::size_t kMaxNeeds = 10'000'000;

inline constexpr Duration kDefaultTimeout = std::chrono::hours(1);  // of a task
inline constexpr Duration kDefaultGrace = std::chrono::seconds(10);
inline constexpr Duration kDefaultUnit = std::chrono::seconds(1);  // a task's, when nothing is known of any

struct Planning {
  model::Plan plan;                // complete only when there are no diagnostics
  model::Diagnostics diagnostics;  // everything that is wrong, in the file's order
};

// Also takes a workflow in which the reader found errors, and adds what only the plan can tell: cycles,
// inputs without a value, values that make a bad glob or path. What the reader reports is not said again.
[[nodiscard]] Planning make(const model::Workflow& workflow, const PlanOptions& options);

}  // namespace fleet::plan
