#pragma once

#include <string>
#include <vector>

#include "model/plan.h"
#include "model/report.h"

// What follows from what happened: the parts of a Report that are computed. Pure functions.
namespace fleet::report {

// One entry for each task of the plan, in plan order, with all that the plan knows: nothing has happened yet.
[[nodiscard]] std::vector<model::TaskReport> tasks_of(const model::Plan& plan);

// Each requirement with the tasks that implement it, and the share of them that is done in percent, rounded
// down. A task that its own `if` left out does not count. What no task implements stays pending at 0.
[[nodiscard]] std::vector<model::RequirementReport> requirements(const model::Plan& plan,
                                                                 const std::vector<model::TaskReport>& tasks);

// Why the run is not good, the most telling first: failed tasks with their reasons, what was skipped because
// of them, what was cancelled or never ran. Empty when every task is done or was left out by its own `if`.
[[nodiscard]] std::vector<std::string> reasons(const std::vector<model::TaskReport>& tasks);

// Summed over all attempts; peak memory is the largest.
[[nodiscard]] model::Usage total_usage(const std::vector<model::TaskReport>& tasks);

// What each agent did, in the order of their names.
[[nodiscard]] std::vector<model::AgentReport> agents(const std::vector<model::TaskReport>& tasks);

// In words: `$0.42`, `at least $0.42`, `unknown`; `12,345 read, 678 written`.
[[nodiscard]] std::string describe_usd(const model::TotalCost& cost);
// `$0.42 of $1.00 are spent`
[[nodiscard]] std::string describe(const model::BudgetReport& budget);
[[nodiscard]] std::string describe_tokens(const model::TotalCost& cost);

// The longest chain of tasks that needed each other, by the time their attempts really took.
[[nodiscard]] Duration critical_path(const std::vector<model::TaskReport>& tasks);

// Fills what the functions above compute: requirements, usage, critical path, and reasons behind those that
// stand there already.
void complete(model::Report& report, const model::Plan& plan);

// Adds what the gate says; its failures are the first reasons.
void add_gate(model::Report& report, model::GateReport gate);

// Every task did what it should, and the gate, if there is one, let it pass.
[[nodiscard]] bool is_good(const model::Report& report);

// How well the run used its time. All are 0 for a run in which nothing ran.
struct Efficiency {
  Duration wall{};        // from the run's start to its end
  Duration one_by_one{};  // all attempts in a row
  double speed_up = 0;    // one_by_one / wall
  // 1 is perfect: bound / wall, where no schedule can beat bound = max(critical path, one_by_one / parallel).
  double parallel_efficiency = 0;
  double tasks_per_second = 0;  // tasks that ran
};
[[nodiscard]] Efficiency efficiency(const model::Report& report);
// Two digits that count: `0.27`, `3.1`, `1240`.
[[nodiscard]] std::string describe_rate(double per_second);

struct Counts {
  std::size_t total = 0, done = 0, failed = 0, skipped = 0, cancelled = 0;
  std::size_t open = 0;  // none of these: the run was stopped before them
  std::size_t attempts = 0;
};
[[nodiscard]] Counts counts(const std::vector<model::TaskReport>& tasks);

// The run ended well, because nothing was asked of it: every task was left out by its `if`, or by a person.
[[nodiscard]] bool is_void(const model::Report& report);

// `1 new error, 2 new notes in 14 changed files; the most complex function has 7, the score is 93.4`.
[[nodiscard]] std::string describe(const model::GateReport& gate);

// One sentence: `finished: 8 of 8 tasks done`.
[[nodiscard]] std::string verdict(const model::Report& report);

}  // namespace fleet::report
