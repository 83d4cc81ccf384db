#include "engine/ready_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/plan_of.h"

namespace fleet::engine::tests {
namespace {

using model::Priority;
using std::chrono::seconds;
using testing::ElementsAre;

std::vector<std::string> take_all(const model::Plan& plan) {
  ReadyQueue queue(plan, CircuitBreaker(plan));
  queue.set_parallel(1000);
  for (std::uint32_t i = 0; i < plan.tasks.size(); ++i)
    queue.add({i});
  std::vector<std::string> order;
  while (const auto next = queue.take())
    order.push_back(plan.task(*next).id);
  return order;
}

TEST(ReadyQueue, PriorityGoesBeforeAnyPath) {
  const model::Plan plan = PlanOf()
                               .task("long")
                               .lasts(seconds(100))
                               .task("low")
                               .priority(Priority::low)
                               .lasts(seconds(500))
                               .task("critical")
                               .priority(Priority::critical)
                               .task("high")
                               .priority(Priority::high)
                               .build();
  EXPECT_THAT(take_all(plan), ElementsAre("critical", "high", "long", "low"));
}

TEST(ReadyQueue, AmongEqualsTheLongestRemainingPathGoesFirstThenPlanOrder) {
  const model::Plan plan = PlanOf()
                               .task("a")
                               .task("b")
                               .task("c")
                               .lasts(seconds(3))
                               .task("head of a chain")
                               .task("x", {"head of a chain"})
                               .lasts(seconds(9))
                               .build();
  EXPECT_THAT(take_all(plan), ElementsAre("head of a chain", "x", "c", "a", "b"));
}

TEST(ReadyQueue, AFullAgentIsPassedOverAndGetsItsPlaceBack) {
  const model::Plan plan = PlanOf()
                               .task("a")
                               .agent("one")
                               .priority(Priority::high)
                               .task("b")
                               .agent("one")
                               .priority(Priority::high)
                               .task("c")
                               .agent_parallel("one", 1)
                               .build();
  ReadyQueue queue(plan, CircuitBreaker(plan));
  queue.set_parallel(10);
  for (std::uint32_t i = 0; i < 3; ++i)
    queue.add({i});
  EXPECT_EQ(queue.take(), TaskIndex{0});
  EXPECT_EQ(queue.take(), TaskIndex{2});
  EXPECT_EQ(queue.take(), std::nullopt);
  EXPECT_EQ(queue.running(), 2);
  queue.release({0});
  EXPECT_EQ(queue.take(), TaskIndex{1});
}

TEST(ReadyQueue, ALowerCapStopsNewOnesUntilEnoughHaveEnded) {
  const model::Plan plan = PlanOf().task("a").task("b").task("c").build();
  ReadyQueue queue(plan, CircuitBreaker(plan));
  queue.set_parallel(2);
  for (std::uint32_t i = 0; i < 3; ++i)
    queue.add({i});
  ASSERT_TRUE(queue.take() && queue.take());
  queue.set_parallel(1);
  queue.release({0});
  EXPECT_EQ(queue.take(), std::nullopt);
  queue.release({1});
  EXPECT_EQ(queue.take(), TaskIndex{2});
}

TEST(ReadyQueue, ATaskThatWasRemovedIsNotTaken) {
  const model::Plan plan = PlanOf().task("a").task("b").build();
  ReadyQueue queue(plan, CircuitBreaker(plan));
  queue.set_parallel(2);
  queue.add({0});
  queue.add({1});
  queue.remove({0});
  EXPECT_EQ(queue.take(), TaskIndex{1});
  EXPECT_EQ(queue.take(), std::nullopt);
}

}  // namespace
}  // namespace fleet::engine::tests
