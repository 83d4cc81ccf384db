#include "plan/forecast.h"

#include <gtest/gtest.h>

#include "plan/make_workflow.h"
#include "plan/planner.h"

namespace fleet::plan {
namespace {

using namespace std::chrono_literals;

Duration simulated(model::Workflow workflow, const std::map<std::string, Duration>& known, int parallel) {
  PlanOptions options;
  options.cores = parallel;
  options.history = [&known](std::string_view id) -> std::optional<Duration> {
    const auto found = known.find(std::string(id));
    return found == known.end() ? std::nullopt : std::optional(found->second);
  };
  const Planning planning = make(workflow, options);
  EXPECT_TRUE(planning.diagnostics.empty());
  return planning.plan.forecast.duration.value_or(Duration(-1));
}

TEST(Simulate, RunsNoMoreThanTheCapAtOnce) {
  const auto workflow = make_workflow({make_task("a"), make_task("b"), make_task("c")});
  const std::map<std::string, Duration> known{{"a", 2s}, {"b", 2s}, {"c", 2s}};
  EXPECT_EQ(simulated(workflow, known, 1), 6s);
  EXPECT_EQ(simulated(workflow, known, 2), 4s);
  EXPECT_EQ(simulated(workflow, known, 3), 2s);
}

TEST(Simulate, StartsTheLongestRemainingPathFirst) {
  // In the file's order the long chain would start last: 2 + 2 + 8 s with two at once.
  const auto workflow = make_workflow({make_task("a"), make_task("b"), make_task("long")});
  EXPECT_EQ(simulated(workflow, {{"a", 2s}, {"b", 2s}, {"long", 8s}}, 2), 8s);
}

TEST(Simulate, PutsPriorityBeforeTheLongestPath) {
  auto workflow = make_workflow({make_task("a"), make_task("b"), make_task("long")});
  workflow.tasks[0].priority = model::Priority::high;
  workflow.tasks[1].priority = model::Priority::high;
  EXPECT_EQ(simulated(workflow, {{"a", 2s}, {"b", 2s}, {"long", 8s}}, 2), 10s);
}

TEST(Simulate, HasNoBarrierBetweenLevels) {
  const auto workflow = make_workflow({make_task("a"), make_task("slow"), make_task("after-a", {"a"}),
                                       make_task("end", {"after-a", "slow"})});
  EXPECT_EQ(simulated(workflow, {{"a", 1s}, {"slow", 6s}, {"after-a", 5s}, {"end", 1s}}, 2), 7s);
}

TEST(Simulate, HonoursTheCapOfAnAgent) {
  auto workflow = make_workflow({make_task("a"), make_task("b"), make_task("c")});
  workflow.agents.push_back({"grok", model::SingleAgent{}, 1, {}});
  for (const std::size_t i : {0u, 1u})
    workflow.tasks[i].work = model::Prompt{"grok", "do it", {}};
  EXPECT_EQ(simulated(workflow, {{"a", 3s}, {"b", 3s}, {"c", 1s}}, 3), 6s);
}

// Two chains that share a link: each binds for itself, and the link for both of them together.
TEST(Simulate, HonoursAllCapsOnALink) {
  auto workflow = make_workflow({make_task("a"), make_task("b"), make_task("c"), make_task("d")});
  workflow.agents.push_back({"grok", model::SingleAgent{}, 2, {}});
  workflow.agents.push_back({"one", model::FirstOf{{{"grok", {}}}}, 1, {}});
  workflow.agents.push_back({"two", model::FirstOf{{{"grok", {}}}}, 2, {}});
  for (const std::size_t i : {0u, 1u, 2u, 3u})
    workflow.tasks[i].work = model::Prompt{i == 0 ? "one" : "two", "do it", {}};
  EXPECT_EQ(simulated(workflow, {{"a", 3s}, {"b", 3s}, {"c", 3s}, {"d", 1s}}, 4), 6s);
  workflow.agents[0].parallel = 3;
  EXPECT_EQ(simulated(workflow, {{"a", 3s}, {"b", 3s}, {"c", 3s}, {"d", 1s}}, 4), 4s);
}

}  // namespace
}  // namespace fleet::plan
