#include "report/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "report/sample.h"

namespace fleet::report {
namespace {

using namespace std::chrono_literals;
using model::RequirementState;
using model::TaskReport;
using model::TaskState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

model::RequirementReport judged(std::vector<TaskReport> tasks) {
  model::Plan plan;
  plan.requirements = {{"R", "text", {}, {}}};
  for (TaskReport& task : tasks)
    task.implements = {"R"};
  return requirements(plan, tasks).at(0);
}

TEST(Requirements, FollowTheTasksThatImplementThem) {
  const TaskReport done = task("a", "run", TaskState::done), waiting = task("b", "run", TaskState::waiting),
                   running = task("c", "run", TaskState::running),
                   failed = task("d", "run", TaskState::failed),
                   cancelled = task("e", "run", TaskState::cancelled);
  EXPECT_EQ(judged({}).state, RequirementState::pending);
  EXPECT_EQ(judged({waiting}).state, RequirementState::pending);
  EXPECT_EQ(judged({waiting, running}).state, RequirementState::in_progress);
  EXPECT_EQ(judged({waiting, done}).state, RequirementState::in_progress);
  EXPECT_EQ(judged({done, cancelled}).state, RequirementState::blocked);
  EXPECT_EQ(judged({done, cancelled, failed}).state, RequirementState::failed);
  EXPECT_EQ(judged({done, done}).state, RequirementState::completed);
}

TEST(Requirements, AreAHundredPercentOnlyWhenEveryTaskIsDone) {
  std::vector<TaskReport> tasks(300, task("t", "run", TaskState::done));
  EXPECT_EQ(judged(tasks).percent, 100);
  tasks.back().state = TaskState::failed;
  EXPECT_EQ(judged(tasks).percent, 99);
  EXPECT_EQ(judged({}).percent, 0);
}

TEST(Requirements, DoNotCountATaskThatItsOwnIfLeftOut) {
  const auto found =
      judged({task("a", "run", TaskState::done), task("left-out", "run", TaskState::skipped, {"a"})});
  EXPECT_EQ(found.state, RequirementState::completed);
  EXPECT_EQ(found.percent, 100);
  EXPECT_THAT(found.tasks, ElementsAre("a", "left-out"));
}

TEST(Requirements, AreBlockedByATaskThatAFailureCutOff) {
  const auto found = requirements(sample_plan(), {task("x", "run", TaskState::failed), [] {
                                                    TaskReport cut =
                                                        task("y", "run", TaskState::skipped, {"x"});
                                                    cut.implements = {"REQ-002"};
                                                    return cut;
                                                  }()});
  EXPECT_EQ(found.at(1).state, RequirementState::blocked);
}

TEST(Reasons, BeginWithWhatFailedAndThenSayWhatItTookAlong) {
  EXPECT_THAT(reasons(sample().tasks),
              ElementsAre("build failed after 2 attempts: `npm run build` ended with exit 2",
                          "1 task was skipped because of a need: publish"));
}

TEST(Reasons, DoNotBlameANeedWhereTheTasksOwnIfWasAsked) {
  TaskReport cleanup = task("cleanup", "run", TaskState::skipped, {"x"});
  cleanup.runs_after_failure = true;
  EXPECT_THAT(reasons({task("x", "run", TaskState::failed), task("y", "run", TaskState::skipped, {"x"}),
                       cleanup, task("z", "run", TaskState::skipped, {"cleanup"})}),
              ElementsAre("x failed", "1 task was skipped because of a need: y"));
}

TEST(Reasons, CountWhatAFailureCutOffThroughOthersToo) {
  EXPECT_THAT(reasons({task("x", "run", TaskState::failed), task("y", "run", TaskState::skipped, {"x"}),
                       task("z", "run", TaskState::skipped, {"y"})}),
              ElementsAre("x failed", "2 tasks were skipped because of a need: y, z"));
}

TEST(Reasons, AreNoneWhenAllIsDoneOrLeftOut) {
  EXPECT_THAT(reasons({task("a", "run", TaskState::done), task("b", "run", TaskState::skipped, {"a"})}),
              IsEmpty());
}

TEST(Reasons, StayFewInARunOfThousands) {
  std::vector<TaskReport> tasks;
  for (int i = 0; i < 5000; ++i)
    tasks.push_back(
        task("t" + std::to_string(i), "run", i % 2 == 0 ? TaskState::failed : TaskState::waiting));
  EXPECT_THAT(reasons(tasks), SizeIs(22));
}

TEST(CriticalPath, IsTheLongestChainOfTimeThatWasSpent) {
  // setup 12.3, materials.core 32.6 + 46.4 or lighting 44.5 + 26.8, build 25 + 29
  EXPECT_EQ(critical_path(sample().tasks), 145'300ms);
}

TEST(Efficiency, ComparesWithOneByOneAndWithTheBound) {
  model::Report report;
  report.parallel = 2;
  report.started = at(0);
  report.finished = at(10);
  report.tasks = {task("a", "run", TaskState::done), task("b", "run", TaskState::done)};
  report.tasks[0].attempts = {attempt(1, 0, 8, model::Verdict::done)};
  report.tasks[1].attempts = {attempt(1, 0, 4, model::Verdict::done)};
  report.critical_path = critical_path(report.tasks);
  const Efficiency figures = efficiency(report);
  EXPECT_EQ(figures.one_by_one, 12s);
  EXPECT_DOUBLE_EQ(figures.speed_up, 1.2);
  EXPECT_DOUBLE_EQ(figures.parallel_efficiency, 0.8);
  EXPECT_DOUBLE_EQ(figures.tasks_per_second, 0.2);
}

TEST(Efficiency, IsNeverMoreThanPerfect) {
  model::Report report = sample();
  report.finished = at(1);  // clocks that disagree
  EXPECT_EQ(efficiency(report).parallel_efficiency, 1);
}

TEST(Efficiency, OfARunInWhichNothingRanIsZeroAndANumber) {
  for (const Efficiency& figures : {efficiency({}), efficiency([] {
                                      model::Report report = sample();
                                      report.finished = report.started - 1s;
                                      return report;
                                    }())}) {
    EXPECT_EQ(figures.speed_up, 0);
    EXPECT_EQ(figures.parallel_efficiency, 0);
    EXPECT_EQ(figures.tasks_per_second, 0);
  }
}

TEST(Verdict, IsOneSentence) {
  EXPECT_EQ(verdict(sample()), "failed: 5 of 8 tasks done, 1 failed, 2 skipped");
  EXPECT_EQ(verdict({}), "running: 0 of 0 tasks done");
}

TEST(Verdict, SaysThatNothingWasDoneWhereAllTasksWereSkipped) {
  model::Report report;
  report.state = model::RunState::finished;
  report.tasks.resize(3);
  for (model::TaskReport& task : report.tasks)
    task.state = model::TaskState::skipped;
  EXPECT_EQ(verdict(report), "finished: nothing was done, all 3 tasks were skipped");
  report.tasks[0].state = model::TaskState::done;
  EXPECT_EQ(verdict(report), "finished: 1 of 3 tasks done, 2 skipped");
  report.tasks.resize(1);
  report.tasks[0].state = model::TaskState::skipped;
  EXPECT_EQ(verdict(report), "finished: nothing was done, the only task was skipped");
}

TEST(Usage, IsSummedAndItsPeakIsTheLargest) {
  const model::Usage total = total_usage(sample().tasks);
  EXPECT_EQ(total.peak_memory, std::uint64_t{64} << 20);
  EXPECT_EQ(total.user_cpu, total.wall / 2);
  EXPECT_EQ(total.wall, 278'400ms);
}

TEST(Agents, AreAddedUpByNameAndWhatIsUnknownIsCounted) {
  const auto all = agents(sample().tasks);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].agent, "coder");
  EXPECT_THAT(all[0].models, ElementsAre("claude-sonnet-5", "claude-opus-5"));
  EXPECT_EQ(all[0].attempts, 2);
  EXPECT_EQ(all[0].done, 2);
  EXPECT_EQ(describe_tokens(all[0].cost), "306,000 read, 5,210 written");
  EXPECT_EQ(describe_usd(all[0].cost), "at least $0.42");
  EXPECT_EQ(all[1].done, 0);
  EXPECT_EQ(describe_tokens(all[1].cost), "unknown");
  EXPECT_EQ(describe_usd(all[1].cost), "unknown");
}

TEST(Agents, ThatNeverCameToAskCostNothing) {
  auto tasks = sample().tasks;
  for (model::TaskReport& task : tasks) {
    for (model::AttemptReport& attempt : task.attempts) {
      if (attempt.outcome->agent) attempt.outcome->agent->failure = model::AgentFailure::unavailable;
    }
  }
  for (const model::AgentReport& agent : agents(tasks)) {
    EXPECT_EQ(describe_usd(agent.cost), "");
    EXPECT_EQ(describe_tokens(agent.cost), "");
  }
}

TEST(TasksOf, SayWhatThePlanKnowsAndThatNothingHappened) {
  model::Plan plan;
  plan.tasks.resize(2);
  plan.tasks[0].id = "a";
  plan.tasks[1].id = "b";
  plan.tasks[1].spec.work = model::Prompt{};
  plan.tasks[1].spec.implements = {{"R", {}}};
  plan.graph = model::Graph({{}, {TaskIndex{0}}});
  const auto tasks = tasks_of(plan);
  EXPECT_EQ(tasks[1].kind, "agent");
  EXPECT_THAT(tasks[1].needs, ElementsAre("a"));
  EXPECT_THAT(tasks[1].implements, ElementsAre("R"));
  EXPECT_EQ(tasks[1].state, TaskState::waiting);
}

}  // namespace
}  // namespace fleet::report
