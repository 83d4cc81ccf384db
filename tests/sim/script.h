#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "engine/plan_of.h"
#include "model/attempt.h"

namespace fleet::engine::tests {

// Numbers from a seed, the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(base::mix(seed)) {}
  // 0 .. sides - 1
  int roll(int sides) { return static_cast<int>(next() % static_cast<std::uint64_t>(sides)); }
  bool chance(int percent) { return roll(100) < percent; }
  std::uint64_t next() { return base::mix(state_++); }

 private:
  std::uint64_t state_;
};

// What a task does whenever it is run: the same each time, but for how long it takes.
struct TaskScript {
  int bad_tries = 0;  // tries on one start that end badly before one ends well
  model::Verdict bad = model::Verdict::failed;
  bool changes = true;   // else it is done with no result
  std::set<int> paths;   // what it changes
  bool vain = false;     // its result cannot be integrated at all
  std::uint64_t answer;  // of its `if`, mixed with what it is shown
  // Of a prompt in a run with limits.cost: how often an attempt asks its model, and what a time costs at
  // worst.
  int calls = 0;
  double most = 0;
  bool is_busy = false;  // of a prompt: its bad tries are bad because its provider cannot serve
};

// A random plan, and what its tasks do.
struct Script {
  std::uint64_t seed = 0;
  PlanOf plan;
  std::vector<TaskScript> tasks;
  // Whether people, limits and failures may end it early, so that its end hangs on what was quicker.
  bool wild = false;
};

// `without`: tasks that are left out, by their numbers; all others are what they are with them.
inline Script random_script(std::uint64_t seed, const std::set<int>& without = {}) {
  Dice dice(seed);
  Script script, left_out;
  script.seed = seed;
  script.wild = dice.chance(30);
  std::vector<std::optional<TaskIndex>> places;  // in the plan, by number
  const int count = dice.chance(10) ? 15 + dice.roll(25) : 1 + dice.roll(12);
  const int paths = 1 + dice.roll(8);
  const int density = dice.roll(50);
  const bool conditions = dice.chance(50), failures = dice.chance(60), once = dice.chance(20);
  for (int i = 0; i < count; ++i) {
    std::vector<TaskIndex> needs;
    int needed = 0;
    for (int j = 0; j < i; ++j) {
      if (!dice.chance(density) || needed == 4) continue;
      ++needed;
      if (places[static_cast<std::size_t>(j)]) needs.push_back(*places[static_cast<std::size_t>(j)]);
    }
    const bool is_out = without.count(i) > 0;
    if (is_out) needs.clear();
    Script& its = is_out ? left_out : script;
    PlanOf& plan = its.plan;
    places.push_back(is_out ? std::nullopt
                            : std::optional(TaskIndex{static_cast<std::uint32_t>(its.tasks.size())}));
    plan.task("t" + std::to_string(i), std::move(needs)).lasts(Duration(1 + dice.roll(9)));
    plan.priority(static_cast<model::Priority>(dice.roll(4)));
    TaskScript& task = its.tasks.emplace_back();
    task.answer = dice.next();
    if (dice.chance(30)) {
      const int who = dice.roll(4);
      if (who < 2) plan.agent(who == 0 ? "one" : "two");
      if (who == 2) plan.chain("both", {"one", "two"});
      if (who == 3) plan.chain("all", {"three", "two", "one"});
    }
    if (conditions && dice.chance(25)) plan.condition();
    if (conditions && dice.chance(15)) plan.runs_after_failure();
    if (once && dice.chance(30)) plan.once();
    if (once && dice.chance(30)) plan.rollback();
    if (dice.chance(60)) {
      model::Retry retry;
      retry.jitter = dice.chance(50) ? model::Jitter::full : model::Jitter::none;
      retry.backoff = Duration(dice.roll(10));
      if (dice.chance(30)) retry.delays = {Duration(1), Duration(dice.roll(20))};
      plan.retries(dice.roll(3), retry);
    }
    if (failures && dice.chance(35)) {
      constexpr model::Verdict kBad[] = {model::Verdict::failed, model::Verdict::no_change,
                                         model::Verdict::blocked, model::Verdict::timed_out};
      task.bad = kBad[dice.roll(4)];
      task.bad_tries = 1 + dice.roll(dice.chance(30) ? 8 : 3);
      task.vain = dice.chance(5);
    }
    task.changes = dice.chance(80);
    for (int changed = dice.roll(3); changed > 0; --changed)
      task.paths.insert(dice.roll(paths));
  }
  // Its own dice, so that what else a seed stands for is the same with money and without.
  Dice money(seed + 77);
  const bool has_cap = money.chance(40);
  for (TaskScript& task : script.tasks) {
    task.calls = money.roll(4);
    task.most = (1 + money.roll(20)) / 100.0;
    task.is_busy = money.chance(40);
  }
  PlanOf& plan = script.plan;
  if (has_cap) plan.cost(money.roll(60) / 100.0);
  plan.parallel(1 + dice.roll(5)).grace(Duration(dice.roll(30)));
  for (const char* agent : {"one", "both", "all"}) {
    if (dice.chance(40)) plan.agent_parallel(agent, 1 + dice.roll(2));
  }
  constexpr model::ConflictStrategy kStrategies[] = {
      model::ConflictStrategy::fail, model::ConflictStrategy::priority, model::ConflictStrategy::queue,
      model::ConflictStrategy::queue};
  plan.conflicts(kStrategies[dice.roll(4)]);
  if (script.wild) {
    if (dice.chance(30)) plan.stop_when_failed(dice.roll(6) / 10.0);
    if (dice.chance(50)) {
      plan.ask_when_failed(dice.roll(6) / 10.0, static_cast<model::FailureAnswer>(dice.roll(3)));
    }
    if (dice.chance(30)) plan.duration(Duration(1 + dice.roll(200)));
  }
  return script;
}

// Whether the `if` of a task holds, given how its needs ended.
inline bool condition_holds(const TaskScript& task, const std::vector<model::TaskState>& needs) {
  std::uint64_t value = task.answer;
  for (const model::TaskState state : needs)
    value = base::mix(value ^ static_cast<std::uint64_t>(state));
  return value % 4 != 0;
}

inline bool share_a_path(const TaskScript& one, const TaskScript& other) {
  return std::any_of(one.paths.begin(), one.paths.end(),
                     [&other](int path) { return other.paths.count(path) > 0; });
}

}  // namespace fleet::engine::tests
