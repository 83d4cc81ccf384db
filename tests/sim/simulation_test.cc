#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>

#include "base/enum_names.h"
#include "sim/check.h"
#include "sim/life.h"
#include "sim/shrink.h"

// Thousands of random runs of the real scheduler, with the real text of its journal and the real rules of
// what must be durable. The driver, the journal's reader and the store are not in them: that a batch is
// committed together and acted on only then is how world.h and disk.h model these, and what the real ones do
// is for tests/engine/driver_test.cc and, killed anywhere and with power cuts, tests/whole.
//
// FLEET_SIM_RUNS says how many. One that fails is shrunk and told, and is lived again with the line that is
// printed then. FLEET_SIM_CHECK has failures of all checks but that one pass.
namespace fleet::engine::tests {
namespace {

#ifdef FLEET_SANITIZED
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

char current_life[4096];

void set_current(const Life& life) {
  std::snprintf(current_life, sizeof current_life, "The engine itself stops in this life:\n%s %s\n",
                life.replay().c_str(), program_invocation_name);
}

// The check whose failures are looked for; none: any. One that is not known is nothing that could be found.
std::optional<Check> wanted_check() {
  const char* name = std::getenv("FLEET_SIM_CHECK");
  if (name == nullptr) return std::nullopt;
  const std::optional<Check> check = base::from_name<Check>(name);
  if (!check) ADD_FAILURE() << "FLEET_SIM_CHECK: there is no check " << name;
  return check;
}

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
  const std::optional<Check> wanted_ = wanted_check();
  std::uint64_t lives_ = 0;

  // How long its journal was.
  std::size_t live(std::uint64_t seed, const std::string& name) {
    const Life life(seed, {}, name);
    set_current(life);
    ++lives_;
    const Life::Told told = life.live(false);
    if (told.problem.empty() || (wanted_ && told.problem.check != *wanted_)) return told.length;
    // Said before it is shrunk: on the way there the scheduler may come to an assertion, which ends all.
    ADD_FAILURE() << told.why() << '\n' << life.replay() << ' ' << program_invocation_name;
    const Life small = Shrink(seed, life, told).smallest();
    const Life::Told why = small.live(true);
    ADD_FAILURE() << "The shortest that fails so:\n"
                  << why.story << why.why() << '\n'
                  << small.replay() << ' ' << program_invocation_name;
    return told.length;
  }

  // Undisturbed, then disturbed by chance, then killed at some places, or at each.
  void live_all(std::uint64_t seed) {
    const std::size_t length = live(seed, "calm");
    for (const char* name : {"signals", "crashes", "power-cuts"}) {
      if (!HasFailure()) live(seed, name);
    }
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
    set_current(life);
    const Life::Told told = life.live(true);
    std::fputs(told.story.c_str(), stdout);
    if (!told.problem.empty()) ADD_FAILURE() << told.why();
    return;
  }
  const std::uint64_t runs = number_from_environment("FLEET_SIM_RUNS", kRuns);
  for (std::uint64_t seed = 1; lives_ < runs && !HasFailure(); ++seed)
    live_all(seed);
  std::printf("%llu runs\n", static_cast<unsigned long long>(lives_));
}

}  // namespace
}  // namespace fleet::engine::tests
