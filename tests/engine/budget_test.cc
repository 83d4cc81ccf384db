#include "engine/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "engine/machine.h"

namespace fleet::engine::tests {
namespace {

using model::RunState;
using model::TaskState;
using model::Verdict;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Call call(Serial serial, std::uint32_t number = 1) {
  return {{serial}, serial, number};
}

std::vector<Serial> serials(const std::vector<Call>& calls) {
  std::vector<Serial> all;
  for (const Call& each : calls)
    all.push_back(each.serial);
  return all;
}

TEST(Budget, GrantsToTheCentAndNoFurther) {
  Budget budget;
  budget.set_cap(1.0);
  for (Serial serial = 1; serial <= 20; ++serial)
    budget.request(call(serial), 0.2);
  EXPECT_THAT(serials(budget.grant()), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_FALSE(budget.exhausted());  // they may cost less
  budget.settle(call(2), 0.1);
  EXPECT_THAT(budget.grant(), IsEmpty());
  budget.settle(call(3), 0.1);
  EXPECT_THAT(serials(budget.grant()), ElementsAre(6));
  EXPECT_DOUBLE_EQ(budget.committed(), 1.0);
  for (const Serial serial : {1, 4, 5, 6})
    budget.settle(call(serial), 0.2);
  EXPECT_DOUBLE_EQ(budget.booked(), 1.0);
  ASSERT_TRUE(budget.exhausted());
  EXPECT_EQ(budget.exhausted()->call.serial, 7);
  EXPECT_DOUBLE_EQ(budget.exhausted()->most, 0.2);
  EXPECT_THAT(budget.give_up(), SizeIs(14));
  EXPECT_FALSE(budget.exhausted());
}

TEST(Budget, ASmallCallDoesNotOvertakeALargeOne) {
  Budget budget;
  budget.set_cap(1.0);
  budget.request(call(1), 0.5);
  budget.request(call(2), 0.8);
  budget.request(call(3), 0.1);
  EXPECT_THAT(serials(budget.grant()), ElementsAre(1));
  budget.settle(call(1), 0.05);
  EXPECT_THAT(serials(budget.grant()), ElementsAre(2, 3));
}

TEST(Budget, BooksWhatNobodyToldTheEndOfAsItWasReserved) {
  Budget budget;
  budget.set_cap(10.0);
  budget.request(call(1, 1), 1);
  budget.request(call(2, 1), 2);
  EXPECT_THAT(budget.grant(), SizeIs(2));
  budget.request(call(1, 2), 3);
  EXPECT_THAT(budget.grant(), SizeIs(1));
  EXPECT_DOUBLE_EQ(budget.booked(), 1);  // of the first, which it was never settled for
  budget.settle(call(1, 1), 0.1);        // too late
  EXPECT_DOUBLE_EQ(budget.booked(), 1);
  budget.close(1, std::nullopt);
  EXPECT_DOUBLE_EQ(budget.booked(), 4);
  budget.close_all();
  EXPECT_DOUBLE_EQ(budget.booked(), 6);
  EXPECT_DOUBLE_EQ(budget.committed(), 6);
}

TEST(Budget, WhatAnAttemptSaysThatItCostIsBookedOnce) {
  Budget budget;
  budget.request(call(1), 1);
  EXPECT_THAT(budget.grant(), SizeIs(1));  // there is no bound
  budget.settle(call(1), 0.4);
  budget.close(1, 0.4);
  EXPECT_DOUBLE_EQ(budget.booked(), 0.4);
  budget.close(2, 0.3);  // of one that was never asked about
  EXPECT_DOUBLE_EQ(budget.booked(), 0.7);
}

TEST(Budget, HoldsAgainstSenselessAmounts) {
  Budget budget;
  budget.set_cap(1.0);
  budget.request(call(1), -5);
  EXPECT_THAT(budget.grant(), SizeIs(1));
  budget.settle(call(1), -5);
  EXPECT_DOUBLE_EQ(budget.booked(), 0);
  budget.request(call(2), std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(budget.grant(), IsEmpty());
  EXPECT_TRUE(budget.exhausted());
  budget.withdraw(2);
  EXPECT_FALSE(budget.exhausted());
  for (Serial serial = 3; serial < 100'000; ++serial)
    budget.close(serial, std::numeric_limits<double>::infinity());
  EXPECT_GT(budget.booked(), 1e8);
}

// Runs with limits.cost

PlanOf two_prompts(double cap) {
  return PlanOf().task("a").agent("one").task("b").agent("one").task("c").cost(cap);
}

void asks(Machine& run, const std::string& id, double most, std::uint32_t number = 1) {
  run.send(CallRequested{{run.index(id), run.serial(id), number}, most});
}

void settles(Machine& run, const std::string& id, double usd, std::uint32_t number = 1) {
  run.send(CallSettled{{run.index(id), run.serial(id), number}, usd});
}

std::vector<std::string> granted(const Machine& run) {
  std::vector<std::string> ids;
  for (const GrantCall& grant : run.last_actions<GrantCall>())
    ids.push_back(run.id(grant.call.task));
  return ids;
}

TEST(LimitOnCost, ACallWaitsUntilTheMoneyIsThere) {
  Machine run(two_prompts(1));
  EXPECT_TRUE(run.attempt("a").metered);
  asks(run, "a", 0.8);
  EXPECT_THAT(granted(run), ElementsAre("a"));
  asks(run, "b", 0.3);
  EXPECT_THAT(granted(run), IsEmpty());
  settles(run, "a", 0.2);
  EXPECT_THAT(granted(run), ElementsAre("b"));
}

TEST(LimitOnCost, WhatWaitsInVainIsInterruptedAndTheRestGoesOn) {
  Machine run(two_prompts(1));
  asks(run, "a", 0.8);
  asks(run, "b", 0.3);
  settles(run, "a", 0.9);
  EXPECT_THAT(granted(run), IsEmpty());
  EXPECT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("b"));
  EXPECT_EQ(run.last_actions<StopAttempt>().front().as, Verdict::interrupted);
  ASSERT_FALSE(run.last().events.empty());
  EXPECT_EQ(run.last().events.front().message,
            "limits.cost is reached: $0.90 of $1.00 are spent, and the next request of b may cost $0.30");
  run.ends("b", Verdict::interrupted);
  run.integrates("a");
  run.done("c");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::stopped);
  EXPECT_EQ(run.scheduler().finished()->stopped, StopReason::cost);
  EXPECT_THAT(run.accepted(), ElementsAre("a"));
}

TEST(LimitOnCost, AHigherLimitGoesOnWithoutPayingAgain) {
  Machine run(two_prompts(1));
  asks(run, "a", 0.9);
  settles(run, "a", 0.9);
  run.integrates("a");
  run.done("c");
  asks(run, "b", 0.3);
  run.ends("b", Verdict::interrupted);
  run.publish();
  ASSERT_EQ(run.ended(), RunState::stopped);

  model::Settings settings = run.settings();
  settings.cost.value = 2;
  run.resume(settings);
  EXPECT_THAT(run.started(), ElementsAre("b"));
  EXPECT_DOUBLE_EQ(run.scheduler().budget().booked(), 0.9);
  asks(run, "b", 1.1);
  EXPECT_THAT(granted(run), ElementsAre("b"));
  settles(run, "b", 0.5);
  run.integrates("b");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
  EXPECT_DOUBLE_EQ(run.scheduler().budget().booked(), 1.4);
}

TEST(LimitOnCost, TheCallsOfAProcessThatDiedAreSpent) {
  Machine run(two_prompts(1));
  asks(run, "a", 0.4);
  run.resume();
  EXPECT_DOUBLE_EQ(run.scheduler().budget().booked(), 0.4);
  asks(run, "a", 0.7);
  EXPECT_THAT(granted(run), IsEmpty());
  EXPECT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("a"));
}

TEST(LimitOnCost, OneThatIsToldToEndIsGrantedNothing) {
  Machine run(two_prompts(1));
  asks(run, "a", 0.9);
  asks(run, "b", 0.9);
  run.cancel("b");
  settles(run, "a", 0);
  EXPECT_THAT(granted(run), IsEmpty());
  EXPECT_EQ(run.ended(), std::nullopt);
  asks(run, "b", 0.1);
  EXPECT_THAT(granted(run), IsEmpty());
  run.ends("b", Verdict::cancelled);
  EXPECT_DOUBLE_EQ(run.scheduler().budget().booked(), 0);
}

// Twenty at once, each of which asks once for at most 0.20 and costs that or less, in whatever order, and is
// cut off now and then.
TEST(LimitOnCost, ADollarIsNeverMoreThanADollar) {
  for (std::uint32_t seed = 0; seed < 1'000; ++seed) {
    std::mt19937 dice(seed);
    PlanOf plan;
    for (int i = 0; i < 20; ++i)
      plan.task("t" + std::to_string(i)).agent("one");
    Machine run(plan.parallel(20).cost(1));
    std::vector<std::string> to_ask, asked;
    for (int i = 0; i < 20; ++i)
      to_ask.push_back("t" + std::to_string(i));
    std::shuffle(to_ask.begin(), to_ask.end(), dice);
    const auto watch = [&] {
      ASSERT_LE(run.scheduler().budget().committed(), 1.0) << "seed " << seed;
      const auto now = granted(run);
      asked.insert(asked.end(), now.begin(), now.end());
    };
    std::size_t answered = 0;
    while (!run.ended() && (!to_ask.empty() || answered < asked.size())) {
      if (!to_ask.empty() && (answered == asked.size() || dice() % 2 == 0)) {
        const std::string id = to_ask.back();
        to_ask.pop_back();
        if (run.state(id) == TaskState::running) asks(run, id, 0.2);
      } else {
        const std::string id = asked[answered++];
        const bool is_cut_off = dice() % 10 == 0;
        if (!is_cut_off)
          settles(run, id, dice() % 2 == 0 ? 0.2 : 0.2 * static_cast<double>(dice() % 100) / 100);
        watch();
        run.ends(id, is_cut_off ? Verdict::failed : Verdict::done);
      }
      watch();
    }
    EXPECT_GE(asked.size(), 5);
    EXPECT_LE(run.scheduler().budget().booked(), 1.0);
    EXPECT_GT(run.scheduler().budget().booked(), 0.8) << "seed " << seed;
  }
}

TEST(LimitOnCost, WhoGaveUpWaitingIsNotGrantedAndHoldsNobodyUp) {
  Machine run(two_prompts(1));
  asks(run, "a", 0.5);
  asks(run, "b", 0.9);
  settles(run, "b", 0);  // its time is over, and its rollback runs
  settles(run, "a", 0.5);
  EXPECT_THAT(granted(run), IsEmpty());
  EXPECT_THAT(run.last_tasks<StopAttempt>(), IsEmpty());
  EXPECT_DOUBLE_EQ(run.scheduler().budget().committed(), 0.5);
}

TEST(LimitOnCost, WithoutOneNobodyIsAsked) {
  Machine run(PlanOf().task("a").agent("one"));
  EXPECT_FALSE(run.attempt("a").metered);
  model::Outcome outcome;
  outcome.verdict = Verdict::done;
  outcome.agent.emplace().cost.usd = 0.25;
  run.send(AttemptFinished{run.index("a"), run.serial("a"), outcome});
  EXPECT_DOUBLE_EQ(run.scheduler().budget().booked(), 0.25);
}

}  // namespace
}  // namespace fleet::engine::tests
