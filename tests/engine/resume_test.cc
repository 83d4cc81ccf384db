#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/durability.h"
#include "engine/machine.h"

// What a new process does with the journal of one that ended, and tasks that must not begin twice.
namespace fleet::engine::tests {
namespace {

using model::FailureAnswer;
using model::RunEventKind;
using model::RunState;
using model::TaskState;
using model::Verdict;
using std::chrono::hours;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Resume, AttemptsThatRanAreInterruptedAndRunAgainWithNoRetryUsed) {
  Machine run(PlanOf().task("a").task("b"));
  run.send(AttemptStarted{run.index("a"), run.serial("a"), {1234, 99}});
  run.crash();
  ASSERT_EQ(run.scheduler().running_attempts().size(), 2);
  EXPECT_EQ(run.scheduler().running_attempts()[0].process.pid, 1234);
  const Serial before = run.serial("a");
  run.resume();
  EXPECT_THAT(run.started(), ElementsAre("a", "b"));
  EXPECT_NE(run.serial("a"), before);
  EXPECT_EQ(run.attempt("a").attempt, 1);
  EXPECT_THAT(run.last_events(), Contains(RunEventKind::attempt_finished).Times(2));
  for (const model::RunEvent& event : run.last().events) {
    if (event.kind == RunEventKind::attempt_finished) {
      EXPECT_EQ(event.verdict, Verdict::interrupted);
    }
  }
  run.fails("a");
  EXPECT_EQ(run.state("a"), TaskState::failed) << "it has no retries";
}

// What a branch was written with last is where it may be written again.
TEST(Resume, WhatWasDeliveredLastIsKnownAlsoWhenALaterDeliveryFails) {
  Machine run(PlanOf().task("a"));
  run.fails("a");
  EXPECT_TRUE(run.scheduler().delivered().is_none());
  run.publish();
  EXPECT_EQ(run.scheduler().delivered(), Machine::object(99));
  run.crash();
  run.resume(true);
  run.integrates("a");
  run.send(Published{{}, {}, "the branch was moved"});
  EXPECT_EQ(run.scheduler().delivered(), Machine::object(99));
}

TEST(Resume, ARollbackThatACrashPreventedComesBeforeTheNextAttempt) {
  Machine run(PlanOf().task("a").rollback().retries(1).task("b"));
  EXPECT_FALSE(run.attempt("a").rollback_first);
  run.crash();
  run.resume();
  EXPECT_TRUE(run.attempt("a").rollback_first);
  EXPECT_FALSE(run.attempt("b").rollback_first) << "it has none";
  run.crash();
  run.resume();
  EXPECT_TRUE(run.attempt("a").rollback_first) << "cut off again";
  run.fails("a");
  run.pass(hours(1));
  EXPECT_FALSE(run.attempt("a").rollback_first) << "an attempt that ends by itself has run it";
}

TEST(Resume, ARollbackThatWasDueAfterAHurriedStopComesBeforeTheNextAttempt) {
  Machine run(PlanOf().task("a").rollback());
  run.send(StopRequested{StopReason::signal});
  run.send(StopRequested{StopReason::signal});
  model::Outcome outcome;
  outcome.verdict = Verdict::interrupted;
  outcome.rollback_due = true;
  run.send(AttemptFinished{run.index("a"), run.serial("a"), outcome});
  run.crash();
  run.resume();
  EXPECT_TRUE(run.attempt("a").rollback_first);
}

TEST(Resume, ReplayAloneBringsBackTheStateAndDoesNothing) {
  Machine run(PlanOf().task("a").task("b", {"a"}).task("c").retries(1));
  run.integrates("a");
  run.fails("c");
  run.crash();
  EXPECT_EQ(run.state("a"), TaskState::done);
  EXPECT_EQ(run.state("b"), TaskState::running);
  EXPECT_EQ(run.state("c"), TaskState::backing_off);
  EXPECT_THAT(run.accepted(), ElementsAre("a"));
}

TEST(Resume, WhatWasAskedForAndNotAnsweredIsAskedForAgainOnce) {
  Machine run(PlanOf()
                  .task("merging")
                  .task("condition")
                  .condition()
                  .task("backing off")
                  .retries(1)
                  .task("asking")
                  .once()
                  .task("done")
                  .task("after", {"done"})
                  .duration(hours(1)));
  run.resume();  // interrupts `asking`, which asks
  run.changes("merging");
  run.fails("backing off");
  run.integrates("done");
  run.resume();
  EXPECT_THAT(run.last_tasks<Merge>(), ElementsAre("merging"));
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), ElementsAre("condition"));
  ASSERT_EQ(run.last_actions<Ask>().size(), 1);
  EXPECT_EQ(run.last_actions<Ask>()[0].task, run.index("asking"));
  EXPECT_EQ(run.last_actions<SetTimer>().size(), 2) << "the backoff and the limit of the run";
  EXPECT_THAT(run.started(), ElementsAre("after"));
}

TEST(Resume, WhileTheResultsWerePublishedPublishesThem) {
  Machine run(PlanOf().task("a"));
  run.integrates("a");
  run.resume();
  ASSERT_EQ(run.last_actions<Publish>().size(), 1);
  EXPECT_THAT(run.last_actions<Publish>()[0].accepted, ElementsAre(run.index("a")));
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

TEST(Resume, AConditionThatASkipBringsUpIsAskedOnce) {
  Machine run(PlanOf()
                  .task("running")
                  .task("cancelled", {"running"})
                  .task("always", {"running"})
                  .runs_after_failure());
  run.cancel("running");
  run.resume();
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), ElementsAre("always"));
  run.condition("always", false);
  EXPECT_TRUE(run.publishing());
}

TEST(Resume, TakesChangedLimits) {
  Machine run(PlanOf().task("a").task("b").task("c").parallel(1));
  model::Settings settings = run.settings();
  settings.parallel.value = 2;
  run.resume(settings);
  EXPECT_THAT(run.started(), ElementsAre("a", "b"));
}

TEST(Resume, WithAClockBehindTheLastOneWaitsNoLongerThanTheBackoff) {
  Machine run(PlanOf().task("a").retries(1, {.delays = {seconds(5)}}));
  run.fails("a");
  run.crash();
  run.set_clock(run.now() - hours(1));
  run.resume();
  run.pass(seconds(5));
  EXPECT_EQ(run.state("a"), TaskState::running);
}

TEST(Resume, OfAFailedRunRetriesOnlyWhenToldTo) {
  Machine run(PlanOf().task("a").task("b", {"a"}).task("c"));
  run.fails("a");
  run.integrates("c");
  run.publish();
  ASSERT_EQ(run.ended(), RunState::failed);
  run.resume();
  EXPECT_THAT(run.started(), IsEmpty());
  EXPECT_TRUE(run.publishing());
  run.publish();
  run.resume(true);
  EXPECT_THAT(run.started(), ElementsAre("a"));
  run.integrates("a");
  run.integrates("b");
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

TEST(Resume, ToRetryAfterAnAbortRevivesWhatTheAbortCancelled) {
  Machine run(PlanOf().task("a").task("b").task("c", {"b"}).ask_when_failed(0.3));
  run.fails("a");
  run.decide(FailureAnswer::abort);
  run.ends("b", Verdict::cancelled);
  run.publish();
  run.resume();
  EXPECT_THAT(run.started(), IsEmpty());
  run.publish();
  EXPECT_EQ(run.ended(), RunState::aborted);
  run.resume(true);
  EXPECT_THAT(run.started(), ElementsAre("b", "a"));
  EXPECT_EQ(run.state("c"), TaskState::waiting);
}

TEST(Resume, ToRetryClosesTheQuestionAboutFailures) {
  Machine run(PlanOf().task("a").ask_when_failed(0.5));
  run.fails("a");
  run.resume(true);
  EXPECT_THAT(run.last_actions<Ask>(), IsEmpty());
  EXPECT_THAT(run.started(), ElementsAre("a"));
}

TEST(Resume, AsksAgainWhatWasAskedOfTheRun) {
  Machine run(PlanOf().task("a").task("b").ask_when_failed(0.5));
  run.fails("a");
  run.resume();
  ASSERT_EQ(run.last_actions<Ask>().size(), 1);
  EXPECT_FALSE(run.last_actions<Ask>()[0].task);
  run.decide(FailureAnswer::skip);
  run.resume();
  EXPECT_THAT(run.last_actions<Ask>(), IsEmpty()) << "answered before";
}

TEST(Resume, AnAbortThatACrashCutShortIsCarriedOut) {
  Machine run(PlanOf().task("a").task("b").ask_when_failed(0.5));
  run.fails("a");
  run.decide(FailureAnswer::abort);
  run.resume();
  EXPECT_THAT(run.started(), IsEmpty());
  EXPECT_EQ(run.state("b"), TaskState::cancelled);
  EXPECT_TRUE(run.publishing());
}

TEST(Once, CutOffByACrashItAsksBeforeItRunsAgain) {
  Machine run(PlanOf().task("a").once().task("b", {"a"}).task("free"));
  run.resume();
  EXPECT_THAT(run.started(), ElementsAre("free"));
  EXPECT_EQ(run.state("a"), TaskState::asking);
  const auto asked = run.last_actions<Ask>();
  ASSERT_EQ(asked.size(), 1);
  EXPECT_EQ(asked[0].task, run.index("a"));
  EXPECT_THAT(asked[0].question, HasSubstr("once: true"));
  run.decide("a", FailureAnswer::retry);
  EXPECT_THAT(run.started(), ElementsAre("a"));
}

TEST(Once, WhatALimitOnFailuresAnswersIsNoLeaveToDoItTwice) {
  Machine run(PlanOf().task("a").once().ask_when_failed(1, FailureAnswer::retry));
  run.resume();
  const auto asked = run.last_actions<Ask>();
  ASSERT_EQ(asked.size(), 1);
  EXPECT_EQ(asked[0].otherwise, FailureAnswer::abort);
}

TEST(Once, ThatHadNotBegunIsNotAskedAbout) {
  Machine run(PlanOf().task("a").task("b", {"a"}).once());
  run.resume();
  run.done("a");
  EXPECT_THAT(run.started(), ElementsAre("b"));
}

TEST(Once, ThatIsDoneIsNeitherRunNorAskedAboutAgain) {
  Machine run(PlanOf().task("a").once().task("b", {"a"}));
  run.changes("a");
  run.resume();
  EXPECT_THAT(run.last_tasks<Merge>(), ElementsAre("a"));
  EXPECT_THAT(run.last_actions<Ask>(), IsEmpty());
  run.merged("a");
  run.resume();
  EXPECT_THAT(run.started(), ElementsAre("b"));
}

TEST(Once, SkippedByDecisionItTakesWhatNeedsItWithIt) {
  Machine run(PlanOf().task("a").once().task("b", {"a"}));
  run.resume();
  run.decide("a", FailureAnswer::skip);
  EXPECT_EQ(run.reason("a"), "skipped by decision");
  EXPECT_EQ(run.state("b"), TaskState::skipped);
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

TEST(Once, TheAnswerAbortEndsTheRun) {
  Machine run(PlanOf().task("a").once().task("b"));
  run.resume();
  run.decide("a", FailureAnswer::abort);
  EXPECT_THAT(run.last_tasks<StopAttempt>(), ElementsAre("b"));
  run.ends("b", Verdict::cancelled);
  run.publish();
  EXPECT_EQ(run.ended(), RunState::aborted);
}

TEST(Once, InterruptedByASignalItIsAskedAboutInTheResumeOnly) {
  Machine run(PlanOf().task("a").once());
  run.signal();
  run.signal();
  run.ends("a", Verdict::interrupted);
  EXPECT_THAT(run.last_actions<Ask>(), IsEmpty()) << "whoever pressed Ctrl-C wants no question";
  run.publish();
  EXPECT_EQ(run.ended(), RunState::stopped);
  run.resume();
  EXPECT_EQ(run.last_actions<Ask>().size(), 1);
}

TEST(Once, AResumeThatRetriesFailuresAsksAboutItToo) {
  Machine run(PlanOf().task("a").once().task("b"));
  run.fails("a");
  run.fails("b");
  run.publish();
  run.resume(true);
  EXPECT_THAT(run.started(), ElementsAre("b"));
  EXPECT_EQ(run.state("a"), TaskState::asking);
}

TEST(GoingOn, TellsWhatWasBegunAndWhichRollbacksAreDue) {
  Machine run(PlanOf().task("done").task("failed").task("cut").rollback().task("offered").rollback().task(
      "behind", {"cut"}));
  run.done("done");
  run.fails("failed");
  run.changes("offered");
  run.crash();
  const std::vector<Begun> begun = run.scheduler().begun();
  ASSERT_EQ(begun.size(), 4) << "`behind` has not begun";
  EXPECT_TRUE(begun[0].done);
  EXPECT_FALSE(begun[1].done);
  EXPECT_FALSE(begun[2].done);
  EXPECT_TRUE(begun[2].rollback_due) << "nobody saw its attempt end";
  EXPECT_TRUE(begun[3].done) << "its attempt ended well";
  EXPECT_FALSE(begun[3].rollback_due);
}

TEST(GoingOn, AsksBeforeATaskMarkedOnceThatTheEarlierRunDidNotFinish) {
  Machine run(PlanOf().task("a").once().task("b"), {{{0}, false, false}, {{1}, false, false}});
  EXPECT_THAT(run.started(), ElementsAre("b")) << "it is not marked";
  EXPECT_EQ(run.state("a"), TaskState::asking);
  run.resume();
  EXPECT_THAT(run.last_actions<Ask>(), testing::SizeIs(1)) << "a resume still knows";
  run.decide("a", FailureAnswer::retry);
  EXPECT_THAT(run.started(), ElementsAre("a"));
  EXPECT_FALSE(run.attempt("a").only_kept);
}

TEST(GoingOn, OnlyTakesOverATaskMarkedOnceThatTheEarlierRunFinished) {
  Machine run(PlanOf().task("a").once().rollback().task("b"), {{{0}, true, false}, {{1}, true, false}});
  EXPECT_TRUE(run.attempt("a").only_kept);
  EXPECT_FALSE(run.attempt("b").only_kept) << "it is not marked";
  run.resume();
  EXPECT_TRUE(run.attempt("a").only_kept);
  EXPECT_FALSE(run.attempt("a").rollback_first) << "what was cut off had begun nothing";
  run.ends("a", Verdict::blocked, "its definition has changed");
  EXPECT_EQ(run.state("a"), TaskState::asking);
  EXPECT_THAT(run.reason("a"), HasSubstr("its definition has changed"));
  EXPECT_TRUE(run.scheduler().begun()[0].done) << "here it has not begun";
  run.decide("a", FailureAnswer::retry);
  EXPECT_FALSE(run.attempt("a").only_kept);
  run.ends("a", Verdict::blocked, "the usual way");
  EXPECT_EQ(run.state("a"), TaskState::failed);
}

TEST(GoingOn, RunsTheRollbackThatTheEarlierRunOwed) {
  Machine run(PlanOf().task("a").rollback().retries(1), {{{0}, false, true}});
  EXPECT_TRUE(run.attempt("a").rollback_first);
  run.resume();
  EXPECT_TRUE(run.attempt("a").rollback_first) << "a resume still knows";
  run.fails("a");
  run.pass(seconds(60));
  EXPECT_FALSE(run.attempt("a").rollback_first);
}

TEST(Durability, OfInputsThatHoldWorkOrAPersonsWord) {
  const model::Plan plan = PlanOf().task("a").task("b").once().build();
  AttemptFinished with_result{{0}, 1, {}};
  with_result.outcome.snapshot = *ObjectId::parse(std::string(40, 'a'));
  EXPECT_TRUE(must_be_durable(plan, with_result));
  EXPECT_TRUE(must_be_durable(plan, AttemptFinished{{1}, 1, {}})) << "its effects must not happen twice";
  EXPECT_TRUE(must_be_durable(plan, Decided{}));
  EXPECT_TRUE(must_be_durable(plan, CancelRequested{}));
  EXPECT_FALSE(must_be_durable(plan, AttemptFinished{{0}, 1, {}})) << "it left nothing";
  EXPECT_FALSE(must_be_durable(plan, AttemptStarted{}));
  EXPECT_FALSE(must_be_durable(plan, TimerFired{}));
  EXPECT_FALSE(must_be_durable(plan, RunStarted{}));
}

TEST(Durability, OfWhatBeginsEffectsOutsideOfGit) {
  const model::Plan plan = PlanOf().task("a").task("b").once().task("c").rollback().build();
  const auto start = [](std::uint32_t task) { return StartAttempt{{task}, 1, 1, {}, {}, {}}; };
  EXPECT_FALSE(must_be_durable(plan, start(0))) << "git forgets it";
  EXPECT_TRUE(must_be_durable(plan, start(1))) << "it must not begin twice unasked";
  EXPECT_TRUE(must_be_durable(plan, start(2))) << "its rollback would be forgotten";
  EXPECT_FALSE(must_be_durable(plan, StopAttempt{{1}, 1}));
}

TEST(Journal, AnInputThatThePlanDoesNotKnowIsFound) {
  EXPECT_TRUE(fits_plan(RunStarted{}, 0));
  EXPECT_TRUE(fits_plan(RunStarted{1, {{{2}, false, false}}}, 3));
  EXPECT_FALSE(fits_plan(RunStarted{1, {{{3}, false, false}}}, 3));
  EXPECT_TRUE(fits_plan(AttemptFinished{{2}, 1, {}}, 3));
  EXPECT_FALSE(fits_plan(AttemptFinished{{3}, 1, {}}, 3));
  EXPECT_FALSE(fits_plan(CancelRequested{{3}}, 3));
  EXPECT_TRUE(fits_plan(Decided{{}, FailureAnswer::skip, true}, 0));
  EXPECT_FALSE(fits_plan(Decided{TaskIndex{0}, FailureAnswer::skip, true}, 0));
  EXPECT_TRUE(fits_plan(TimerFired{{TimerKind::grace, {}, 1}}, 0));
  EXPECT_FALSE(fits_plan(TimerFired{{TimerKind::backoff, {7}, 1}}, 7));
  EXPECT_TRUE(fits_plan(Conflicted{{1}, 1, {{{2}, {1}, {"a"}}}}, 3));
  EXPECT_FALSE(fits_plan(Conflicted{{1}, 1, {{{3}, {1}, {"a"}}}}, 3)) << "an unknown loser";
  EXPECT_FALSE(fits_plan(Conflicted{{1}, 1, {{{1}, {2}, {"a"}}}}, 3)) << "the earlier one loses";
  EXPECT_TRUE(fits_plan(Conflicted{{0}, 1, {{{2}, {0}, {"a"}}, {{2}, {1}, {"a"}}}}, 3)) << "to two together";
  EXPECT_FALSE(fits_plan(Conflicted{{0}, 1, {}}, 3)) << "a conflict with nobody";
  EXPECT_FALSE(fits_plan(Merged{{1}, 1, {{{3}, {1}, {"a"}}}, {}}, 3));
}

}  // namespace
}  // namespace fleet::engine::tests
