#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include "sim/life.h"
#include "sim/shrink.h"

// Thousands of random runs of the real scheduler on its real journal. FLEET_SIM_RUNS says how many; one that
// fails is shrunk, told, and lived again with what it then prints.
namespace fleet::engine::tests {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kRuns = 8'000;
#else
constexpr std::uint64_t kRuns = 100'000;
#endif

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::set<int> numbers_from_environment(const char* name) {
  const char* text = std::getenv(name);
  std::istringstream words(text != nullptr ? text : "");
  std::set<int> numbers;
  for (std::string word; std::getline(words, word, ',');)
    numbers.insert(std::stoi(word));
  return numbers;
}

char current_life[512];

// An assertion of the scheduler, or worse, ends the program: says which life it was, and lets it go on
// ending.
class TellLife {
 public:
  TellLife() {
    struct sigaction tell {};
    tell.sa_handler = [](int number) {
      std::fputs(current_life, stderr);
      ::sigaction(number, number == SIGABRT ? &before_abort : &before_fault, nullptr);
    };
    ::sigaction(SIGABRT, &tell, &before_abort);
    ::sigaction(SIGSEGV, &tell, &before_fault);
  }
  TellLife(const TellLife&) = delete;
  TellLife& operator=(const TellLife&) = delete;
  ~TellLife() {
    ::sigaction(SIGABRT, &before_abort, nullptr);
    ::sigaction(SIGSEGV, &before_fault, nullptr);
  }

 private:
  static inline struct sigaction before_abort, before_fault;
};

class Simulation : public testing::Test {
 protected:
  const TellLife tell_;
  std::uint64_t lives_ = 0;

  // How long its journal was.
  std::size_t live(std::uint64_t seed, const std::string& name) {
    const Life life(seed, {}, name);
    std::snprintf(current_life, sizeof current_life, "%s fails\n", life.replay().c_str());
    ++lives_;
    const Life::Told told = life.live(false);
    if (!told.problem.empty()) {
      const Life small = Shrink(seed).smallest(life);
      const Life::Told why = small.live(true);
      ADD_FAILURE() << told.problem << "\nThe shortest that fails (" << why.problem << "):\n"
                    << why.story << small.replay() << " " << program_invocation_name;
    }
    return told.length;
  }

  // Undisturbed, then disturbed by chance, then killed at some places, or at each.
  void live_all(std::uint64_t seed) {
    const std::size_t length = live(seed, "calm");
    for (const char* name : {"signals", "crashes", "power-cuts"})
      live(seed, name);
    Dice dice(seed + 2);
    const bool everywhere = seed % 32 == 0;
    for (std::size_t at = 1; at <= length && !HasFailure(); ++at) {
      if (!everywhere && dice.roll(static_cast<int>(length)) >= 2) continue;
      live(seed, fmt::format("{}@{}", dice.chance(50) ? "crash" : "power-cut", at));
    }
  }
};

TEST_F(Simulation, EveryRunEndsAsItsPlanSaysWhateverIsQuickerAndHoweverOftenItIsKilled) {
  if (const std::uint64_t one = number_from_environment("FLEET_SIM_SEED", 0); one != 0) {
    const char* name = std::getenv("FLEET_SIM_LIFE");
    const Life life(one, numbers_from_environment("FLEET_SIM_WITHOUT"), name != nullptr ? name : "calm");
    const Life::Told told = life.live(true);
    std::fputs(told.story.c_str(), stdout);
    EXPECT_EQ(told.problem, "");
    return;
  }
  const std::uint64_t runs = number_from_environment("FLEET_SIM_RUNS", kRuns);
  for (std::uint64_t seed = 1; lives_ < runs && !HasFailure(); ++seed)
    live_all(seed);
  std::printf("%llu runs\n", static_cast<unsigned long long>(lives_));
}

}  // namespace
}  // namespace fleet::engine::tests
