#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/machine.h"

// What ends a run before its tasks do: failures, people, signals, time.
namespace fleet::engine::tests {
namespace {

using model::FailureAnswer;
using model::RunState;
using model::TaskState;
using model::Verdict;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(StopWhenFailed, StrictlyPastTheShareNothingNewStartsAndWhatRunsGoesOn) {
  Machine run(PlanOf().task("a").task("b").task("c").task("d").task("e").parallel(3).stop_when_failed(0.2));
  run.fails("a");
  EXPECT_THAT(run.started(), ElementsAre("d")) << "a fifth is not past a fifth";
  run.fails("b");
  EXPECT_THAT(run.started(), IsEmpty());
  EXPECT_THAT(run.last_tasks<StopAttempt>(), IsEmpty());
  run.integrates("c");
  EXPECT_FALSE(run.publishing());
  run.integrates("d");
  EXPECT_TRUE(run.publishing());
  EXPECT_THAT(run.accepted(), ElementsAre("c", "d"));
  EXPECT_EQ(run.state("e"), TaskState::cancelled);
  EXPECT_THAT(run.reason("e"), HasSubstr("stop-when-failed"));
  run.publish();
  EXPECT_EQ(run.ended(), RunState::failed);
}

TEST(StopWhenFailed, ATaskThatHasRetriesLeftHasNotFailed) {
  Machine run(PlanOf().task("a").retries(1).task("b").stop_when_failed(0.0));
  run.fails("a");
  EXPECT_EQ(run.state("a"), TaskState::backing_off);
  run.pass(seconds(1));
  run.fails("a");
  run.done("b");
  EXPECT_TRUE(run.publishing());
}

TEST(StopWhenFailed, WhatBacksOffThenIsNotTriedAgain) {
  Machine run(PlanOf().task("a").task("b").retries(3).stop_when_failed(0.0));
  run.fails("a");
  run.fails("b");
  EXPECT_EQ(run.state("b"), TaskState::cancelled);
  EXPECT_TRUE(run.publishing());
}

TEST(AskWhenFailed, FromTheShareOnAPersonIsAskedAndNothingStartsMeanwhile) {
  Machine run(
      PlanOf().task("a").task("b").task("c").task("d").parallel(2).ask_when_failed(0.5, FailureAnswer::skip));
  run.fails("a");
  EXPECT_THAT(run.last_actions<Ask>(), IsEmpty());
  run.fails("b");
  const auto asked = run.last_actions<Ask>();
  ASSERT_EQ(asked.size(), 1);
  EXPECT_FALSE(asked[0].task);
  EXPECT_EQ(asked[0].otherwise, FailureAnswer::skip);
  EXPECT_THAT(asked[0].question, HasSubstr("2 of 4 tasks failed"));
  EXPECT_THAT(run.started(), IsEmpty());
  run.done("c");
  EXPECT_THAT(run.started(), IsEmpty());
  run.decide(FailureAnswer::skip);
  EXPECT_THAT(run.started(), ElementsAre("d"));
  run.fails("d");
  EXPECT_THAT(run.last_actions<Ask>(), IsEmpty()) << "failures were accepted";
  run.publish();
  EXPECT_EQ(run.ended(), RunState::failed);
}

TEST(AskWhenFailed, TheRunWaitsForTheAnswerAlsoWhenNothingIsLeft) {
  Machine run(PlanOf().task("a").ask_when_failed(0.5));
  run.fails("a");
  EXPECT_FALSE(run.publishing());
  run.decide(FailureAnswer::skip);
  EXPECT_TRUE(run.publishing());
}

TEST(AskWhenFailed, RetryGivesTheFailedAllTheirTriesAndTheSkippedAnotherChance) {
  Machine run(PlanOf().task("a").retries(1).task("b", {"a"}).task("c", {"b"}).ask_when_failed(0.3));
  run.fails("a");
  run.pass(seconds(1));
  run.fails("a");
  EXPECT_EQ(run.state("c"), TaskState::skipped);
  run.decide(FailureAnswer::retry);
  EXPECT_THAT(run.started(), ElementsAre("a"));
  EXPECT_EQ(run.attempt("a").attempt, 3) << "attempts count on";
  EXPECT_EQ(run.state("c"), TaskState::waiting);
  run.fails("a");
  EXPECT_EQ(run.state("a"), TaskState::backing_off);
  run.pass(seconds(1));
  run.integrates("a");
  run.integrates("b");
  run.integrates("c");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

TEST(AskWhenFailed, RetryDoesNotReviveWhatAConditionOrAPersonEnded) {
  Machine run(PlanOf().task("bad").task("no").condition().task("cancelled").ask_when_failed(0.3));
  run.condition("no", false);
  run.cancel("cancelled");
  run.ends("cancelled", Verdict::cancelled);
  run.fails("bad");
  run.decide(FailureAnswer::retry);
  EXPECT_THAT(run.started(), ElementsAre("bad"));
  EXPECT_EQ(run.state("no"), TaskState::skipped);
  EXPECT_EQ(run.state("cancelled"), TaskState::cancelled);
}

TEST(AskWhenFailed, RetryAsksAnewAConditionThatLookedAtTheFailure) {
  Machine run(PlanOf().task("a").task("b", {"a"}).runs_after_failure().ask_when_failed(0.3));
  run.fails("a");
  run.condition("b", false);
  run.decide(FailureAnswer::retry);
  EXPECT_EQ(run.state("b"), TaskState::waiting);
  run.done("a");
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), ElementsAre("b"));
}

TEST(AskWhenFailed, WhatWasToRunAfterTheFailureWaitsForTheRetry) {
  Machine run(PlanOf()
                  .task("a")
                  .task("b", {"a"})
                  .runs_after_failure()
                  .task("blocker")
                  .parallel(2)
                  .ask_when_failed(0.3));
  run.fails("a");
  run.condition("b", true);
  EXPECT_EQ(run.state("b"), TaskState::ready);
  run.decide(FailureAnswer::retry);
  EXPECT_EQ(run.state("b"), TaskState::waiting);
  EXPECT_THAT(run.started(), ElementsAre("a"));
}

TEST(AskWhenFailed, WhereNobodyIsThereTheAnswerRetryHoldsOnce) {
  Machine run(PlanOf().task("a").ask_when_failed(0.5, FailureAnswer::retry));
  run.fails("a");
  run.decide(FailureAnswer::retry, false);
  EXPECT_THAT(run.started(), ElementsAre("a"));
  run.fails("a");
  run.decide(FailureAnswer::retry, false);
  EXPECT_TRUE(run.publishing());
  run.publish();
  EXPECT_EQ(run.ended(), RunState::aborted);
}

TEST(AskWhenFailed, APersonMayRetryAsOftenAsTheyLike) {
  Machine run(PlanOf().task("a").ask_when_failed(0.5));
  for (int i = 0; i < 5; ++i) {
    run.fails("a");
    run.decide(FailureAnswer::retry);
    EXPECT_EQ(run.state("a"), TaskState::running);
  }
}

TEST(AskWhenFailed, AbortEndsWhatRunsAndCancelsTheRest) {
  Machine run(PlanOf().task("a").task("b").task("c").retries(9).task("d", {"c"}).ask_when_failed(0.25));
  run.fails("a");
  run.decide(FailureAnswer::abort);
  EXPECT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("b", "c"));
  EXPECT_EQ(run.last_actions<StopAttempt>()[0].as, Verdict::cancelled);
  run.ends("b", Verdict::cancelled);
  run.fails("c");
  EXPECT_TRUE(run.publishing());
  EXPECT_THAT(run.in_state(TaskState::cancelled), ElementsAre("b", "c"));
  EXPECT_EQ(run.reason("d"), "needs c, which was cancelled");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::aborted);
}

TEST(AskWhenFailed, PastTheShareThatStopsNobodyIsAsked) {
  Machine run(PlanOf().task("a").stop_when_failed(0.5).ask_when_failed(0.5));
  run.fails("a");
  EXPECT_THAT(run.last_actions<Ask>(), IsEmpty());
  EXPECT_TRUE(run.publishing());
}

TEST(Cancel, ATaskThatHasNotBegunIsCancelledAtOnceAndWhatNeedsItIsSkipped) {
  Machine run(
      PlanOf().task("a").task("ready").task("waiting", {"a"}).task("behind", {"waiting"}).parallel(1));
  run.cancel("waiting");
  EXPECT_EQ(run.state("waiting"), TaskState::cancelled);
  EXPECT_EQ(run.reason("behind"), "needs waiting, which was cancelled");
  run.cancel("ready");
  run.done("a");
  EXPECT_TRUE(run.publishing());
}

TEST(Cancel, AConditionBeingAskedNoLongerMatters) {
  Machine run(PlanOf().task("a").condition());
  run.cancel("a");
  EXPECT_EQ(run.state("a"), TaskState::cancelled);
  EXPECT_TRUE(run.publishing());
}

TEST(Cancel, ARunningTaskIsEndedAndDoesNotBeginAgainHoweverItEnds) {
  for (const Verdict verdict :
       {Verdict::cancelled, Verdict::failed, Verdict::timed_out, Verdict::interrupted}) {
    Machine run(PlanOf().task("a").retries(3));
    run.cancel("a");
    ASSERT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("a"));
    EXPECT_EQ(run.last_actions<StopAttempt>()[0].as, Verdict::cancelled);
    run.cancel("a");
    EXPECT_THAT(run.last_tasks<StopAttempt>(), IsEmpty()) << "told once";
    run.ends("a", verdict);
    EXPECT_EQ(run.state("a"), TaskState::cancelled) << base::name_of(verdict);
  }
}

TEST(Cancel, AResultThatWasThereFirstStands) {
  Machine run(PlanOf().task("a").task("b"));
  run.cancel("a");
  run.changes("a");
  run.cancel("a");
  run.merged("a");
  EXPECT_EQ(run.state("a"), TaskState::done);
}

TEST(Cancel, SurvivesACrash) {
  Machine run(PlanOf().task("a"));
  run.cancel("a");
  run.resume();
  EXPECT_EQ(run.state("a"), TaskState::cancelled);
}

TEST(Signal, StartsNothingNewGivesAGraceAndThenInterrupts) {
  Machine run(PlanOf().task("a").task("b").task("c").parallel(2).grace(seconds(10)));
  run.signal();
  EXPECT_THAT(run.last_actions<StopAttempt>(), IsEmpty());
  run.integrates("a");
  EXPECT_THAT(run.started(), IsEmpty());
  run.pass(seconds(10));
  ASSERT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("b"));
  EXPECT_EQ(run.last_actions<StopAttempt>()[0].as, Verdict::interrupted);
  EXPECT_FALSE(run.last_actions<StopAttempt>()[0].hurry);
  run.ends("b", Verdict::interrupted);
  EXPECT_TRUE(run.publishing());
  EXPECT_THAT(run.accepted(), ElementsAre("a"));
  run.publish();
  EXPECT_EQ(run.ended(), RunState::stopped);
  EXPECT_EQ(run.scheduler().finished()->stopped, StopReason::signal);
}

TEST(Signal, ASecondOneHurriesAlsoWhatWasToldAlready) {
  Machine run(PlanOf().task("a").task("b"));
  run.cancel("a");
  run.signal();
  run.signal();
  EXPECT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("a", "b"));
  EXPECT_TRUE(run.last_actions<StopAttempt>()[0].hurry && run.last_actions<StopAttempt>()[1].hurry);
  run.ends("a", Verdict::interrupted);
  EXPECT_EQ(run.state("a"), TaskState::cancelled);
}

TEST(Signal, WithNothingRunningTheRunIsWrittenAtOnce) {
  Machine run(PlanOf().task("a").retries(1));
  run.fails("a");
  run.signal();
  EXPECT_TRUE(run.publishing());
  run.publish();
  EXPECT_EQ(run.ended(), RunState::stopped);
}

TEST(Signal, BeforeTheStartNothingRuns) {
  const model::Plan plan = PlanOf().task("a").build();
  Scheduler scheduler(plan);
  scheduler.handle(StopRequested{}, {});
  const Step step = scheduler.handle(RunStarted{}, {});
  ASSERT_EQ(step.actions.size(), 1);
  EXPECT_TRUE(std::holds_alternative<Publish>(step.actions[0]));
}

TEST(Signal, WhatItStoppedGoesOnInAResumeWithNoRetryUsed) {
  Machine run(PlanOf().task("a").task("b", {"a"}));
  run.signal();
  run.signal();
  run.ends("a", Verdict::interrupted);
  run.publish();
  ASSERT_EQ(run.ended(), RunState::stopped);
  run.resume();
  EXPECT_THAT(run.started(), ElementsAre("a"));
  EXPECT_EQ(run.attempt("a").attempt, 1);
  run.integrates("a");
  run.integrates("b");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

TEST(Signal, WhileTheLastResultsArePublishedStopsNothing) {
  Machine run(PlanOf().task("a"));
  run.done("a");
  run.signal();
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

TEST(Signal, DoesNotUndoAnAbort) {
  Machine run(PlanOf().task("a").task("b").ask_when_failed(0.5));
  run.fails("a");
  run.decide(FailureAnswer::abort);
  run.signal();
  run.signal();
  EXPECT_TRUE(run.last_actions<StopAttempt>().at(0).hurry);
  run.ends("b", Verdict::interrupted);
  run.publish();
  EXPECT_EQ(run.ended(), RunState::aborted);
}

TEST(Signal, TooManyFailuresStopAResumeAgain) {
  Machine run(PlanOf().task("a").task("b").task("c").parallel(2).stop_when_failed(0.1));
  run.fails("a");
  run.signal();
  run.pass(seconds(10));
  run.ends("b", Verdict::interrupted);
  run.publish();
  EXPECT_EQ(run.ended(), RunState::stopped);
  run.resume();
  EXPECT_THAT(run.started(), IsEmpty());
  EXPECT_TRUE(run.publishing());
  run.publish();
  EXPECT_EQ(run.ended(), RunState::failed);
}

TEST(Signal, WhatTooManyFailuresHeldBackGoesOnUnderAHigherLimit) {
  Machine run(PlanOf().task("a").task("b").task("c", {"b"}).task("d").stop_when_failed(0.1));
  run.fails("a");
  run.integrates("b");  // c could begin now, were it not for the failure
  run.signal();
  run.signal();
  run.ends("d", Verdict::interrupted);
  run.publish();
  ASSERT_EQ(run.ended(), RunState::stopped);
  model::Settings settings = run.settings();
  settings.stop_when_failed.value = 0.5;
  run.resume(settings);
  EXPECT_THAT(run.started(), ElementsAre("c", "d"));
}

TEST(Signal, LeavesAnOpenQuestionOpen) {
  Machine run(PlanOf().task("a").ask_when_failed(0.5));
  run.fails("a");
  run.signal();
  run.publish();
  EXPECT_EQ(run.ended(), RunState::stopped);
  run.resume();
  EXPECT_EQ(run.last_actions<Ask>().size(), 1);
}

TEST(RunLimit, EndsTheAttemptsAndTheRunCanBeResumedUnderAHigherOne) {
  Machine run(PlanOf().task("a").duration(minutes(5)));
  run.pass(minutes(5));
  ASSERT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("a"));
  EXPECT_EQ(run.last_actions<StopAttempt>()[0].as, Verdict::interrupted);
  run.ends("a", Verdict::interrupted);
  run.publish();
  EXPECT_EQ(run.ended(), RunState::stopped);
  EXPECT_EQ(run.scheduler().finished()->stopped, StopReason::duration);
  model::Settings settings = run.settings();
  settings.duration.value = minutes(10);
  run.resume(settings);
  EXPECT_THAT(run.started(), ElementsAre("a"));
  run.pass(minutes(4));
  EXPECT_EQ(run.state("a"), TaskState::running);
  run.pass(minutes(1));
  EXPECT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("a"));
}

TEST(RunLimit, CountsTheTimeOfAllItsProcessesAndNotTheTimeBetweenThem) {
  Machine run(PlanOf().task("a").task("b").duration(minutes(5)));
  run.pass(minutes(3));
  run.done("b");
  run.crash();
  run.pass(hours(100));
  run.resume();
  run.pass(minutes(2) - seconds(1));
  EXPECT_EQ(run.state("a"), TaskState::running);
  EXPECT_THAT(run.last_tasks<StopAttempt>(), IsEmpty());
  run.pass(seconds(1));
  EXPECT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("a"));
}

TEST(RunLimit, AResumeUnderALimitThatIsUsedUpStartsNothing) {
  Machine run(PlanOf().task("a").duration(minutes(5)));
  run.pass(minutes(5));
  run.ends("a", Verdict::interrupted);
  run.publish();
  run.resume();
  EXPECT_THAT(run.started(), IsEmpty());
  EXPECT_TRUE(run.publishing());
}

TEST(RunLimit, HoldsAlsoWhileTheRunIsStoppingForAnotherReason) {
  Machine run(PlanOf().task("a").task("b").duration(minutes(5)).stop_when_failed(0.0));
  run.fails("a");
  run.pass(minutes(5));
  EXPECT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("b"));
}

}  // namespace
}  // namespace fleet::engine::tests
