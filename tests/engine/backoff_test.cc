#include "engine/backoff.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace fleet::engine::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TaskIndex kTask{3};

TEST(Backoff, GrowsByItsFactorUpToTheLongestWait) {
  const model::Retry retry{.times = 9, .delays = {}, .backoff = seconds(1), .factor = 2, .max = seconds(5)};
  EXPECT_EQ(backoff(retry, 1, 0, kTask), seconds(1));
  EXPECT_EQ(backoff(retry, 2, 0, kTask), seconds(2));
  EXPECT_EQ(backoff(retry, 3, 0, kTask), seconds(4));
  EXPECT_EQ(backoff(retry, 4, 0, kTask), seconds(5));
  EXPECT_EQ(backoff(retry, 2'000'000'000, 0, kTask), seconds(5));
}

TEST(Backoff, OfNothingStaysNothingHoweverOftenItGrows) {
  const model::Retry retry{.delays = {}, .backoff = seconds(0), .factor = 10, .max = seconds(60)};
  EXPECT_EQ(backoff(retry, 1, 0, kTask), seconds(0));
  EXPECT_EQ(backoff(retry, 5000, 0, kTask), seconds(0));
}

TEST(Backoff, TakesAListInOrderAndRepeatsItsLast) {
  const model::Retry retry{.delays = {seconds(5), seconds(15), seconds(30)}};
  EXPECT_EQ(backoff(retry, 1, 0, kTask), seconds(5));
  EXPECT_EQ(backoff(retry, 2, 0, kTask), seconds(15));
  EXPECT_EQ(backoff(retry, 3, 0, kTask), seconds(30));
  EXPECT_EQ(backoff(retry, 4, 0, kTask), seconds(30));
}

TEST(Backoff, JitterIsSpreadOverTheWholeWait) {
  const model::Retry retry{.delays = {}, .backoff = seconds(10), .factor = 1, .jitter = model::Jitter::full};
  Duration sum{};
  int below_a_tenth = 0;
  constexpr int kDraws = 10'000;
  for (int seed = 0; seed < kDraws; ++seed) {
    const Duration wait = backoff(retry, 1, static_cast<std::uint64_t>(seed), kTask);
    EXPECT_GE(wait, seconds(0));
    EXPECT_LT(wait, seconds(10));
    sum += wait;
    below_a_tenth += wait < seconds(1) ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(sum.count()) / kDraws, 5e6, 1e5);
  EXPECT_NEAR(below_a_tenth, kDraws / 10, kDraws / 50);
}

TEST(Backoff, JitterIsTheSameInAReplayAndAnotherForEachTaskTryAndRun) {
  const model::Retry retry{.delays = {seconds(10)}, .jitter = model::Jitter::full};
  EXPECT_EQ(backoff(retry, 1, 42, kTask), backoff(retry, 1, 42, kTask));
  const std::set<Duration> draws{backoff(retry, 1, 42, kTask), backoff(retry, 2, 42, kTask),
                                 backoff(retry, 1, 43, kTask), backoff(retry, 1, 42, {4})};
  EXPECT_EQ(draws.size(), 4);
}

}  // namespace
}  // namespace fleet::engine::tests
