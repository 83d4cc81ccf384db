#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sim/oracle.h"
#include "sim/world.h"

// Thousands of random runs of the real scheduler. FLEET_SIM_RUNS says how many; a seed that fails is run
// again, and told, with FLEET_SIM_SEED.
namespace fleet::engine::tests {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kRuns = 1000;
#else
constexpr std::uint64_t kRuns = 5000;
#endif

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

char current_seed[128];

// An assertion of the scheduler, or worse, ends the program: says with which seed, and lets it go on ending.
class TellSeed {
 public:
  TellSeed() {
    struct sigaction tell {};
    tell.sa_handler = [](int number) {
      std::fputs(current_seed, stderr);
      ::sigaction(number, number == SIGABRT ? &before_abort : &before_fault, nullptr);
    };
    ::sigaction(SIGABRT, &tell, &before_abort);
    ::sigaction(SIGSEGV, &tell, &before_fault);
  }
  TellSeed(const TellSeed&) = delete;
  TellSeed& operator=(const TellSeed&) = delete;
  ~TellSeed() {
    ::sigaction(SIGABRT, &before_abort, nullptr);
    ::sigaction(SIGSEGV, &before_fault, nullptr);
  }

 private:
  static inline struct sigaction before_abort, before_fault;
};

std::string differs_from(const Oracle& oracle, const model::Plan& plan, const World& world) {
  for (std::uint32_t i = 0; i < oracle.ends.size(); ++i) {
    const Oracle::End& expected = oracle.ends[i];
    const Scheduler::TaskView view = world.scheduler().task({i});
    const std::string& id = plan.tasks[i].id;
    if (view.state != expected.state) {
      return fmt::format("{} is {} and has to be {}", id, base::name_of(view.state),
                         base::name_of(expected.state));
    }
    if (view.accepted != expected.accepted) return fmt::format("the result of {} counts wrongly", id);
    if (expected.accepted && world.referee().from({i}) != *expected.from) {
      return fmt::format("{} has started from something else than it has to", id);
    }
  }
  return {};
}

// One seed: the run undisturbed, then killed at some places, or at each.
void simulate(std::uint64_t seed, bool tell) {
  std::snprintf(current_seed, sizeof current_seed, "FLEET_SIM_SEED=%llu fails\n",
                static_cast<unsigned long long>(seed));
  const Script script = random_script(seed);
  const model::Plan plan = script.plan.build();
  const Oracle oracle(plan, script);
  const auto live = [&](std::uint64_t luck, const World::Faults& faults) {
    World world(script, plan, base::mix(seed + luck), faults, tell);
    std::string problem = world.run();
    if (problem.empty() && !script.wild) problem = differs_from(oracle, plan, world);
    if (tell) std::fputs(world.story().c_str(), stdout);
    if (!problem.empty()) ADD_FAILURE() << problem << "\nThe whole story: FLEET_SIM_SEED=" << seed;
    return world.journal_length();
  };
  Dice dice(seed + 1);
  const std::size_t length = live(0, {});
  live(1, {.crash_after = {}, .crash_percent = 0, .signals = true});
  live(2, {.crash_after = {}, .crash_percent = 1 + dice.roll(10), .signals = dice.chance(50)});
  const bool everywhere = seed % 32 == 0;
  for (std::size_t at = 1; at <= length && !testing::Test::HasFailure(); ++at) {
    if (everywhere || dice.roll(static_cast<int>(length)) < 2)
      live(0, {.crash_after = {at}, .crash_percent = 0, .signals = false});
  }
}

TEST(Simulation, EveryRunEndsAsItsPlanSaysWhateverIsQuickerAndHoweverOftenItIsKilled) {
  const TellSeed tell;
  if (std::uint64_t seed = number_from_environment("FLEET_SIM_SEED", 0); seed != 0) {
    simulate(seed, true);
  } else {
    const std::uint64_t runs = number_from_environment("FLEET_SIM_RUNS", kRuns);
    for (seed = 1; seed <= runs && !HasFailure(); ++seed)
      simulate(seed, false);
  }
}

}  // namespace
}  // namespace fleet::engine::tests
