#pragma once

#include <charconv>
#include <cstdint>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check.h"
#include "sim/oracle.h"
#include "sim/world.h"

namespace fleet::engine::tests {

// One run of a seed's script: what befalls it, and whether all was well. Its name says it all, so that it can
// be lived again:
//
//   calm, signals, crashes, power-cuts       by chance
//   crash@N, power-cut@N                     dies when the journal has N inputs
class Life {
 public:
  Life(std::uint64_t seed, std::set<int> without, std::string name)
      : seed_(seed), without_(std::move(without)), name_(std::move(name)) {}

  struct Told {
    Problem problem;
    std::string story;       // where it was wanted
    std::size_t tasks = 0;   // in its plan
    std::size_t length = 0;  // of its journal
    // mutants.py reads these words.
    [[nodiscard]] std::string why() const {
      return fmt::format("{}: {} ({} tasks, {} inputs)", base::name_of(problem.check), problem.what, tasks,
                         length);
    }
  };
  [[nodiscard]] Told live(bool tell) const {
    const Script script = random_script(seed_, without_);
    const model::Plan plan = script.plan.build();
    if (plan.tasks.empty()) return {};
    World world(script, plan, base::mix(seed_ + luck()), faults(), tell);
    Told told;
    try {
      told.problem = world.run();
    } catch (const JournalChanged& changed) {
      told.problem = {Check::journal_changes, changed.what()};
    } catch (const std::exception& thrown) {
      told.problem = {Check::thrown, fmt::format("something is thrown: {}", thrown.what())};
    }
    if (told.problem.empty() && !script.wild) told.problem = differs_from(Oracle(plan, script), plan, world);
    told.story = world.story();
    told.tasks = plan.tasks.size();
    told.length = world.journal_length();
    return told;
  }

  // As variables of the environment for whoever wants to live it again.
  [[nodiscard]] std::string replay() const {
    return fmt::format("FLEET_SIM_SEED={} FLEET_SIM_WITHOUT={} FLEET_SIM_LIFE={}", seed_,
                       fmt::join(without_, ","), name_);
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string kind() const { return name_.substr(0, name_.find('@')); }
  [[nodiscard]] bool has_place() const { return name_.find('@') != std::string::npos; }

 private:
  [[nodiscard]] std::uint64_t luck() const {
    return kind() == "signals" ? 1 : kind() == "crashes" ? 2 : kind() == "power-cuts" ? 3 : 0;
  }
  [[nodiscard]] World::Faults faults() const {
    Dice dice(seed_ + 1);
    World::Faults faults;
    const int percent = 1 + dice.roll(10);
    faults.signals = kind() == "signals" || (luck() > 1 && dice.chance(50));
    faults.power_cuts = kind().starts_with("power-cut");
    if (luck() > 1) faults.crash_percent = percent;
    if (has_place()) {
      std::size_t at = 0;
      std::from_chars(name_.data() + name_.find('@') + 1, name_.data() + name_.size(), at);
      faults.crash_after.insert(at);
    }
    return faults;
  }

  [[nodiscard]] static Problem differs_from(const Oracle& oracle, const model::Plan& plan,
                                            const World& world) {
    for (std::uint32_t i = 0; i < oracle.ends.size(); ++i) {
      const Oracle::End& expected = oracle.ends[i];
      const Scheduler::TaskView view = world.scheduler().task({i});
      const std::string& id = plan.tasks[i].id;
      if (view.state != expected.state) {
        return {Check::ends_otherwise, fmt::format("{} is {} and has to be {}", id, base::name_of(view.state),
                                                   base::name_of(expected.state))};
      }
      if (view.accepted != expected.accepted)
        return {Check::counts_otherwise, fmt::format("the result of {} counts wrongly", id)};
      if (expected.accepted && world.referee().from({i}) != *expected.from) {
        return {Check::started_otherwise,
                fmt::format("{} has started from something else than it has to", id)};
      }
    }
    return {};
  }

  std::uint64_t seed_;
  std::set<int> without_;
  std::string name_;
};

}  // namespace fleet::engine::tests
