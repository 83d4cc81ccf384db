#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/machine.h"

// The way of tasks through a run where nothing conflicts and nobody interferes.
namespace fleet::engine::tests {
namespace {

using model::FailureAnswer;
using model::RunEventKind;
using model::RunState;
using model::TaskState;
using model::Verdict;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Scheduler, ARunWithNoTasksEndsAtOnce) {
  Machine run{PlanOf()};
  EXPECT_TRUE(run.publishing());
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

TEST(Scheduler, ATaskStartsTheMomentItsOwnNeedsAreIntegratedWhateverElseRuns) {
  Machine run(PlanOf().task("quick").task("slow").task("next", {"quick"}).task("last", {"next"}));
  EXPECT_THAT(run.started(), ElementsAre("quick", "slow"));
  run.changes("quick");
  EXPECT_THAT(run.started(), IsEmpty()) << "done, but not integrated";
  run.merged("quick");
  EXPECT_THAT(run.started(), ElementsAre("next"));
  run.done("next");
  EXPECT_THAT(run.started(), ElementsAre("last")) << "nothing to integrate";
}

TEST(Scheduler, AnAttemptStartsFromTheResultsOfItsNeedsAndOfWhatTheyStandOnInPlanOrder) {
  Machine run(PlanOf()
                  .task("a")
                  .task("b")
                  .task("unrelated")
                  .task("c", {"b"})
                  .task("unchanged", {"a"})
                  .task("d", {"c", "unchanged"}));
  for (const char* id : {"b", "a", "unrelated", "c"})
    run.integrates(id);
  run.done("unchanged");
  EXPECT_THAT(run.from("c"), ElementsAre("b"));
  EXPECT_THAT(run.from("d"), ElementsAre("a", "b", "c"));
}

TEST(Scheduler, ATaskThatStartsFromTheSameAsItsNeedSharesTheSet) {
  Machine run(PlanOf().task("a").task("unchanged", {"a"}).task("next", {"unchanged"}));
  run.integrates("a");
  run.done("unchanged");
  EXPECT_THAT(run.from("next"), ElementsAre("a"));
  EXPECT_EQ(run.attempt("next").from, run.attempt("unchanged").from);
}

TEST(Scheduler, AnAttemptIsToldTheOutputsAndStatesOfItsNeeds) {
  Machine run(PlanOf().task("a").task("b", {"a"}));
  model::Outcome outcome;
  outcome.verdict = Verdict::done;
  outcome.outputs = {{"version", "1.2"}};
  run.send(AttemptFinished{run.index("a"), run.serial("a"), outcome});
  ASSERT_EQ(run.attempt("b").needs.size(), 1);
  EXPECT_EQ(run.attempt("b").needs[0].state, TaskState::done);
  EXPECT_EQ(run.attempt("b").needs[0].outputs.at("version"), "1.2");
}

TEST(Scheduler, NeverMoreAttemptsThanTheRunAllows) {
  Machine run(PlanOf().task("a").task("b").task("c").parallel(2));
  EXPECT_THAT(run.started(), ElementsAre("a", "b"));
  run.changes("a");
  EXPECT_THAT(run.started(), ElementsAre("c")) << "a merge takes no place";
}

TEST(Scheduler, AnAgentsCapHoldsBackItsOwnTasksOnly) {
  Machine run(PlanOf()
                  .task("a")
                  .agent("grok")
                  .task("b")
                  .agent("grok")
                  .task("c")
                  .agent("claude")
                  .task("d")
                  .agent_parallel("grok", 1));
  EXPECT_THAT(run.started(), ElementsAre("a", "c", "d"));
  run.done("c");
  EXPECT_THAT(run.started(), IsEmpty());
  run.done("a");
  EXPECT_THAT(run.started(), ElementsAre("b"));
}

TEST(Scheduler, ATaskInBackoffLeavesItsPlaceToOthers) {
  Machine run(PlanOf().task("a").retries(1).task("b").parallel(1));
  run.fails("a");
  EXPECT_THAT(run.started(), ElementsAre("b"));
}

TEST(Scheduler, AFailedAttemptIsRepeatedAfterItsBackoffWithTheFeedback) {
  Machine run(PlanOf().task("a").retries(2, {.delays = {}, .backoff = seconds(4), .factor = 3}));
  model::Outcome outcome;
  outcome.verdict = Verdict::no_change;
  outcome.reason = "it changed nothing";
  outcome.feedback = "change something";
  EXPECT_EQ(run.attempt("a").retries_left, 2);
  run.send(AttemptFinished{run.index("a"), run.serial("a"), outcome});
  EXPECT_EQ(run.state("a"), TaskState::backing_off);
  EXPECT_EQ(run.reason("a"), "it changed nothing");
  run.pass(seconds(3));
  EXPECT_EQ(run.state("a"), TaskState::backing_off);
  run.pass(seconds(1));
  EXPECT_EQ(run.state("a"), TaskState::running);
  EXPECT_EQ(run.attempt("a").attempt, 2);
  EXPECT_EQ(run.attempt("a").feedback, "change something");
  EXPECT_EQ(run.attempt("a").retries_left, 1);
  run.fails("a");
  run.pass(seconds(11));
  EXPECT_EQ(run.state("a"), TaskState::backing_off);
  run.pass(seconds(1));
  EXPECT_EQ(run.attempt("a").attempt, 3);
  EXPECT_EQ(run.attempt("a").retries_left, 0);
  run.fails("a");
  EXPECT_EQ(run.state("a"), TaskState::failed);
  EXPECT_EQ(run.reason("a"), "exit status 1");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::failed);
}

TEST(Scheduler, EveryBadVerdictIsRepeatedButBlocked) {
  for (const Verdict verdict : {Verdict::failed, Verdict::no_change, Verdict::timed_out}) {
    Machine run(PlanOf().task("a").retries(1));
    run.ends("a", verdict);
    EXPECT_EQ(run.state("a"), TaskState::backing_off) << base::name_of(verdict);
  }
  Machine run(PlanOf().task("a").retries(1));
  run.ends("a", Verdict::blocked, "it needs a key");
  EXPECT_EQ(run.state("a"), TaskState::failed);
  EXPECT_EQ(run.reason("a"), "it needs a key");
}

// Else something that is cut off each time by itself would run for ever.
TEST(Scheduler, AnInterruptionThatWeDidNotAskForUsesUpARetry) {
  Machine run(PlanOf().task("a").retries(1));
  run.ends("a", Verdict::interrupted);
  EXPECT_EQ(run.state("a"), TaskState::backing_off);
  run.pass(seconds(1));
  run.ends("a", Verdict::interrupted, "killed");
  EXPECT_EQ(run.state("a"), TaskState::failed);
}

TEST(Scheduler, AResultThatCannotBeIntegratedFailsItsTask) {
  Machine run(PlanOf().task("a").retries(1).task("b", {"a"}));
  run.changes("a");
  run.send(Merged{run.index("a"), run.offer("a").serial, {}, "the disk is full"});
  EXPECT_EQ(run.state("a"), TaskState::failed);
  EXPECT_EQ(run.reason("a"), "the disk is full");
  EXPECT_THAT(run.accepted(), IsEmpty());
  EXPECT_EQ(run.state("b"), TaskState::skipped);
}

TEST(Scheduler, WhatStandsOnAFailureIsSkippedAndToldWhy) {
  Machine run(PlanOf().task("a").task("b", {"a"}).task("c", {"b"}).task("d"));
  run.fails("a");
  EXPECT_EQ(run.state("b"), TaskState::skipped);
  EXPECT_EQ(run.reason("b"), "needs a, which failed");
  EXPECT_EQ(run.reason("c"), "needs b, which was skipped");
  EXPECT_EQ(run.state("d"), TaskState::running);
}

// So that the reason, and what tasks behind it start from, do not hang on which need was quicker.
TEST(Scheduler, ATaskIsSkippedWhenAllItsNeedsHaveEnded) {
  Machine run(PlanOf().task("a").task("b").task("c", {"a", "b"}));
  run.fails("b");
  EXPECT_EQ(run.state("c"), TaskState::waiting);
  run.fails("a");
  EXPECT_EQ(run.reason("c"), "needs a, which failed");
}

TEST(Scheduler, AHundredThousandTasksInAChainAreSkippedAtOnce) {
  PlanOf plan;
  plan.task("0", std::vector<TaskIndex>{});
  for (std::uint32_t i = 1; i < 100'000; ++i)
    plan.task(std::to_string(i), std::vector<TaskIndex>{{i - 1}});
  const model::Plan built = plan.build();
  Scheduler scheduler(built);
  scheduler.handle(RunStarted{}, {});
  model::Outcome outcome;
  outcome.verdict = Verdict::failed;
  const Step step = scheduler.handle(AttemptFinished{{0}, 1, outcome}, {});
  EXPECT_TRUE(std::holds_alternative<Publish>(step.actions.back()));
}

TEST(Scheduler, AConditionIsAskedWhenTheNeedsAreDoneAndAFalseOneSkipsTheTaskAndAllBehindIt) {
  Machine run(PlanOf().task("a").task("b", {"a"}).condition().task("c", {"b"}));
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), IsEmpty());
  run.done("a");
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), ElementsAre("b"));
  EXPECT_EQ(run.state("b"), TaskState::waiting);
  run.condition("b", false);
  EXPECT_EQ(run.state("b"), TaskState::skipped);
  EXPECT_EQ(run.reason("b"), "its `if` does not hold");
  EXPECT_EQ(run.reason("c"), "needs b, which was skipped");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished) << "a false `if` is no failure";
}

TEST(Scheduler, ATrueConditionStartsTheTaskAndABrokenOneFailsIt) {
  Machine run(PlanOf().task("a").condition().task("b").condition());
  run.condition("a", true);
  EXPECT_THAT(run.started(), ElementsAre("a"));
  run.send(ConditionEvaluated{run.index("b"), false, "no such output"});
  EXPECT_EQ(run.state("b"), TaskState::failed);
  EXPECT_EQ(run.reason("b"), "no such output");
}

TEST(Scheduler, ATaskThatRunsAfterFailuresIsAskedOnceAllItsNeedsHaveEndedHoweverTheyDid) {
  Machine run(PlanOf().task("a").task("b").task("always", {"a", "b"}).runs_after_failure());
  run.fails("a");
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), IsEmpty());
  run.integrates("b");
  ASSERT_THAT(run.last_tasks<EvaluateCondition>(), ElementsAre("always"));
  run.condition("always", true);
  EXPECT_EQ(run.state("always"), TaskState::running);
  EXPECT_EQ(run.attempt("always").needs[0].state, TaskState::failed);
  EXPECT_THAT(run.from("always"), ElementsAre("b"));
}

TEST(Scheduler, BehindATaskThatNeverBeganTheResultsOfItsNeedsStillCount) {
  Machine run(PlanOf()
                  .task("a")
                  .task("skipped", {"a"})
                  .condition()
                  .task("skipped too", {"skipped"})
                  .task("always", {"skipped too"})
                  .runs_after_failure());
  run.integrates("a");
  run.condition("skipped", false);
  run.condition("always", true);
  EXPECT_THAT(run.from("always"), ElementsAre("a"));
}

TEST(Scheduler, LateAndDoubledAnswersChangeNothing) {
  Machine run(PlanOf().task("a").retries(1).task("b", {"a"}).task("c"));
  const Serial first = run.serial("a");
  model::Outcome done;
  done.verdict = Verdict::done;
  const auto nothing = [&run](const Input& input) {
    const Step& step = run.send(input);
    return step.actions.empty() && step.events.empty();
  };
  run.fails("a");
  EXPECT_TRUE(nothing(AttemptFinished{run.index("a"), first, done})) << "doubled, while it backs off";
  run.pass(seconds(1));
  EXPECT_TRUE(nothing(AttemptFinished{run.index("a"), first, done})) << "late, while the next one runs";
  EXPECT_TRUE(nothing(AttemptStarted{run.index("a"), first, {12, 34}}));
  ASSERT_EQ(run.scheduler().running_attempts().size(), 2);
  EXPECT_EQ(run.scheduler().running_attempts()[0].process.pid, 0);
  EXPECT_TRUE(nothing(TimerFired{{TimerKind::backoff, run.index("a"), first}}));
  EXPECT_TRUE(nothing(Merged{run.index("a"), run.serial("a"), {}, {}})) << "nothing was offered";
  run.changes("a");
  EXPECT_TRUE(nothing(AttemptFinished{run.index("a"), run.serial("a"), done}));
  run.merged("a");
  EXPECT_TRUE(nothing(Merged{run.index("a"), run.offer("a").serial, {}, {}}));
  EXPECT_TRUE(nothing(ConditionEvaluated{run.index("c"), true, {}}));
  EXPECT_TRUE(nothing(Decided{{}, FailureAnswer::abort, true}));
  EXPECT_TRUE(nothing(Decided{run.index("c"), FailureAnswer::abort, true}));
  EXPECT_TRUE(nothing(Published{"branch", {}, {}}));
  EXPECT_TRUE(nothing(RunStarted{8}));
  run.done("b");
  run.done("c");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
  EXPECT_TRUE(nothing(StopRequested{}));
  EXPECT_TRUE(nothing(CancelRequested{run.index("c")}));
}

TEST(Scheduler, TheRunEndsWhenItsResultsArePublishedAndSaysWhichTheyAre) {
  Machine run(PlanOf().task("a").task("b").task("c"));
  run.integrates("c");
  run.integrates("a");
  run.done("b");
  const auto publish = run.last_actions<Publish>();
  ASSERT_EQ(publish.size(), 1);
  EXPECT_THAT(publish[0].accepted, ElementsAre(run.index("a"), run.index("c")));
  EXPECT_EQ(run.ended(), std::nullopt);
  run.publish();
  ASSERT_EQ(run.last_actions<FinishRun>().size(), 1);
  EXPECT_EQ(run.ended(), RunState::finished);
  EXPECT_THAT(run.last_events(), Contains(RunEventKind::run_finished));
}

TEST(Scheduler, ARunWhoseResultsCannotBePublishedHasFailed) {
  Machine run(PlanOf().task("a"));
  run.done("a");
  run.send(Published{{}, {}, "the branch is checked out"});
  EXPECT_EQ(run.ended(), RunState::failed);
}

TEST(Scheduler, EventsAreNumberedWithoutGapsAndCarryTheTime) {
  Machine run(PlanOf().task("a"));
  std::uint64_t last = run.last().events.back().sequence;
  run.pass(seconds(5));
  run.done("a");
  for (const model::RunEvent& event : run.last().events) {
    EXPECT_EQ(event.sequence, ++last);
    EXPECT_EQ(event.at, run.now());
  }
}

}  // namespace
}  // namespace fleet::engine::tests
