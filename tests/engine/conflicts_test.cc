#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/machine.h"

// Two results that cannot both stand: the task that is later in the plan loses, whichever came first.
namespace fleet::engine::tests {
namespace {

using model::ConflictStrategy;
using model::RunEventKind;
using model::RunState;
using model::TaskState;
using model::Verdict;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr auto kFail = ConflictStrategy::fail;
TEST(ConflictFail, TheLaterTaskFailsAndNamesTheOtherAndThePaths) {
  Machine run(PlanOf().task("early").task("late").task("behind", {"late"}).conflicts(kFail));
  run.integrates("early");
  run.changes("late");
  run.conflicts("late", {"early"}, "src/a b.ts");
  EXPECT_EQ(run.state("late"), TaskState::failed);
  EXPECT_EQ(run.reason("late"), "conflicts with early in src/a b.ts");
  EXPECT_EQ(run.state("behind"), TaskState::skipped);
  EXPECT_THAT(run.accepted(), ElementsAre("early"));
  EXPECT_THAT(run.last_events(), Contains(RunEventKind::conflict));
  EXPECT_THAT(run.withdrawn(), IsEmpty());
}

TEST(ConflictFail, TheLaterTaskFailsAlsoWhenItCameFirst) {
  Machine run(PlanOf().task("early").task("late").task("behind", {"late"}).conflicts(kFail));
  run.integrates("late");
  run.integrates("behind");
  run.changes("early");
  run.conflicts("early", {"late"});
  EXPECT_THAT(run.withdrawn(), ElementsAre("late", "behind"));
  ASSERT_THAT(run.last_tasks<Merge>(), ElementsAre("early")) << "offered again";
  run.merged("early");
  ASSERT_THAT(run.last_tasks<Merge>(), ElementsAre("late")) << "now that the winner is sure";
  run.conflicts("late", {"early"});
  EXPECT_EQ(run.state("late"), TaskState::failed);
  EXPECT_EQ(run.state("behind"), TaskState::skipped);
  EXPECT_THAT(run.accepted(), ElementsAre("early"));
  run.publish();
  EXPECT_EQ(run.ended(), RunState::failed);
}

TEST(ConflictFail, AMessageNamesAFewPathsOfMany) {
  Machine run(PlanOf().task("early").task("late"));
  run.integrates("early");
  run.changes("late");
  model::Conflict conflict = run.conflict("late", "early");
  conflict.paths = {"1", "2", "3", "4", "5", "6", "7"};
  run.send(Conflicted{run.index("late"), run.offer("late").serial, {conflict}});
  EXPECT_EQ(run.reason("late"), "conflicts with early in 1, 2, 3, 4, 5 and 2 more");
}

// a clashes with b, and b with c: c must not fall because of a result that falls itself.
TEST(ConflictFail, WhatLostToAResultThatIsTakenBackIsOfferedAgainAndNotRunAgain) {
  Machine run(PlanOf().task("a").task("b").task("c").task("behind c", {"c"}).conflicts(kFail));
  run.integrates("b");
  run.changes("c");
  run.conflicts("c", {"b"});
  EXPECT_EQ(run.state("c"), TaskState::waiting) << "a may still take b away";
  EXPECT_EQ(run.state("behind c"), TaskState::waiting);
  run.changes("a");
  run.conflicts("a", {"b"});
  run.merged("a");
  run.conflicts("b", {"a"});
  EXPECT_EQ(run.state("b"), TaskState::failed);
  EXPECT_THAT(run.last_tasks<Merge>(), ElementsAre("c"));
  run.merged("c");
  EXPECT_THAT(run.started(), ElementsAre("behind c"));
  EXPECT_THAT(run.accepted(), ElementsAre("a", "c"));
}

// early beats late by an offer that then loses itself, to a result that came in between.
TEST(ConflictFail, WhatLostToAnOfferThatIsNeverIntegratedIsOfferedAgain) {
  Machine run(PlanOf().task("first").task("early").task("late").conflicts(kFail));
  run.integrates("late");
  run.changes("early");
  run.conflicts("early", {"late"});
  run.integrates("first");
  run.conflicts("early", {"first"});
  EXPECT_EQ(run.state("early"), TaskState::failed);
  EXPECT_THAT(run.last_tasks<Merge>(), ElementsAre("late"));
  run.merged("late");
  EXPECT_THAT(run.accepted(), ElementsAre("first", "late"));
}

TEST(ConflictFail, AnAnswerToAnEarlierOfferOfTheSameResultIsLate) {
  Machine run(PlanOf().task("early").task("late").conflicts(kFail));
  run.integrates("late");
  run.changes("early");
  const Serial first = run.offer("early").serial;
  run.conflicts("early", {"late"});
  EXPECT_NE(run.offer("early").serial, first);
  run.send(Merged{run.index("early"), first, {}, {}});
  EXPECT_EQ(run.state("early"), TaskState::running) << "it is offered";
}

TEST(ConflictFail, WhatLostAndStandsOnWhatIsTakenBackIsNotOfferedAgain) {
  Machine run(PlanOf().task("a").task("b").task("x", {"b"}).task("y", {"b"}).conflicts(kFail));
  run.integrates("b");
  run.integrates("x");
  run.changes("y");
  run.conflicts("y", {"x"});
  run.changes("a");
  run.conflicts("a", {"b"});
  run.merged("a");
  run.conflicts("b", {"a"});
  EXPECT_EQ(run.state("y"), TaskState::skipped);
  EXPECT_THAT(run.last_tasks<Merge>(), IsEmpty());
}

// c gets on with a and with b, but not with both.
TEST(ConflictFail, WhatLosesToTwoTogetherNamesBoth) {
  Machine run(PlanOf().task("a").task("b").task("c").conflicts(kFail));
  run.integrates("b");
  run.integrates("c");
  run.changes("a");
  run.send(
      Conflicted{run.index("a"), run.offer("a").serial, {run.conflict("c", "a"), run.conflict("c", "b")}});
  EXPECT_THAT(run.withdrawn(), ElementsAre("c"));
  EXPECT_EQ(run.reason("c"), "conflicts with a in file; conflicts with b in file");
  run.merged("a");
  run.conflicts("c", {"a", "b"});
  EXPECT_EQ(run.state("c"), TaskState::failed);
}

TEST(ConflictPriority, TheOfferSaysWhoStandsAndBothResultsAreTaken) {
  Machine run(PlanOf().task("early").task("late").conflicts(ConflictStrategy::priority));
  run.integrates("late");
  run.changes("early");
  EXPECT_TRUE(run.last_actions<Merge>().at(0).earlier_wins);
  run.send(Merged{run.index("early"), run.offer("early").serial, {run.conflict("early", "late")}, {}});
  EXPECT_THAT(run.accepted(), ElementsAre("early", "late"));
  EXPECT_THAT(run.last_events(), Contains(RunEventKind::conflict));
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

TEST(ConflictPriority, OtherStrategiesDoNotOverride) {
  Machine run(PlanOf().task("a").conflicts(kQueue));
  run.changes("a");
  EXPECT_FALSE(run.last_actions<Merge>().at(0).earlier_wins);
}

TEST(ConflictQueue, TheLoserRunsAgainOnTopOfTheWinnerWithNoRetryUsed) {
  Machine run(PlanOf().task("early").task("late").task("behind", {"late"}).conflicts(kQueue));
  run.integrates("early");
  run.changes("late");
  run.conflicts("late", {"early"});
  EXPECT_THAT(run.started(), ElementsAre("late"));
  EXPECT_THAT(run.from("late"), ElementsAre("early"));
  EXPECT_EQ(run.attempt("late").attempt, 2);
  run.integrates("late");
  EXPECT_THAT(run.from("behind"), ElementsAre("early", "late"));
  EXPECT_THAT(run.accepted(), ElementsAre("early", "late"));
}

TEST(ConflictQueue, ALoserThatCameFirstIsTakenBackAndWaitsForTheWinner) {
  Machine run(PlanOf().task("early").task("late").conflicts(kQueue));
  run.integrates("late");
  run.changes("early");
  run.conflicts("early", {"late"});
  EXPECT_THAT(run.withdrawn(), ElementsAre("late"));
  EXPECT_EQ(run.state("late"), TaskState::waiting);
  EXPECT_THAT(run.started(), IsEmpty());
  run.merged("early");
  EXPECT_THAT(run.last_tasks<Merge>(), ElementsAre("late")) << "now that the winner is sure";
  run.conflicts("late", {"early"});
  EXPECT_THAT(run.started(), ElementsAre("late"));
  EXPECT_THAT(run.from("late"), ElementsAre("early"));
  run.integrates("late");
  EXPECT_THAT(run.accepted(), ElementsAre("early", "late"));
}

TEST(ConflictQueue, TheLosersRollbackComesBeforeItsNextAttempt) {
  Machine run(PlanOf().task("early").task("late").rollback().task("other").rollback().conflicts(kQueue));
  EXPECT_FALSE(run.attempt("late").rollback_first);
  run.integrates("early");
  run.changes("late");
  run.conflicts("late", {"early"});
  EXPECT_TRUE(run.attempt("late").rollback_first) << "its attempt was good, and undid nothing";
  run.fails("other");
  EXPECT_FALSE(run.attempt("other").rollback_first) << "one that fails undoes its effects itself";
}

TEST(ConflictQueue, TheLoserHasAllItsTriesOnTopOfTheWinner) {
  Machine run(PlanOf().task("early").task("late").retries(1).conflicts(kQueue));
  run.integrates("early");
  run.fails("late");
  run.pass(seconds(1));
  run.changes("late");
  run.conflicts("late", {"early"});
  EXPECT_EQ(run.attempt("late").attempt, 3);
  EXPECT_EQ(run.attempt("late").feedback, "");
  run.fails("late");
  EXPECT_EQ(run.state("late"), TaskState::backing_off);
}

TEST(ConflictQueue, AConflictWithWhatItStandsOnFailsTheTaskInsteadOfRunningForEver) {
  Machine run(PlanOf().task("early").task("late").conflicts(kQueue));
  run.integrates("early");
  run.changes("late");
  run.conflicts("late", {"early"});
  run.changes("late");
  run.conflicts("late", {"early"});
  EXPECT_EQ(run.state("late"), TaskState::failed);
}

// `waits` is before the held one, and comes to its end only because the run does.
TEST(ConflictFail, AHeldResultIsStillDecidedAboutWhenTooManyTasksFail) {
  for (const bool stands : {false, true}) {
    Machine run(
        PlanOf().task("a").task("waits").retries(1).task("b").task("c").conflicts(kFail).stop_when_failed(
            0.1));
    run.integrates("a");
    run.fails("waits");
    run.changes("c");
    run.conflicts("c", {"a"});
    ASSERT_EQ(run.state("waits"), TaskState::backing_off);
    run.fails("b");
    EXPECT_EQ(run.state("waits"), TaskState::cancelled);
    ASSERT_THAT(run.last_tasks<Merge>(), ElementsAre("c"));
    if (stands) {
      run.merged("c");
    } else {
      run.conflicts("c", {"a"});
      EXPECT_EQ(run.reason("c"), "conflicts with a in file");
    }
    EXPECT_EQ(run.state("c"), stands ? TaskState::done : TaskState::failed);
    EXPECT_TRUE(run.publishing());
  }
}

TEST(ConflictQueue, ALoserIsHeldUntilAllBeforeItAreSettled) {
  Machine run(PlanOf().task("a").task("b").task("c").task("behind", {"c"}).conflicts(kQueue));
  run.integrates("b");
  run.changes("c");
  run.conflicts("c", {"b"});
  EXPECT_EQ(run.state("c"), TaskState::waiting);
  EXPECT_THAT(run.started(), IsEmpty());
  run.resume();
  EXPECT_THAT(run.last_tasks<Merge>(), IsEmpty());
  run.done("a");
  ASSERT_THAT(run.last_tasks<Merge>(), ElementsAre("c"));
  run.conflicts("c", {"b"});
  EXPECT_THAT(run.from("c"), ElementsAre("b"));
}

TEST(ConflictQueue, AWinnerThatIsTakenBackIsNotStoodOn) {
  Machine run(PlanOf().task("a").task("b").task("c").conflicts(kQueue));
  run.integrates("b");
  run.changes("c");
  run.conflicts("c", {"b"});
  run.changes("a");
  run.conflicts("a", {"b"});
  run.merged("a");
  EXPECT_THAT(run.last_tasks<Merge>(), ElementsAre("b"));
  run.conflicts("b", {"a"});
  EXPECT_THAT(run.started(), ElementsAre("b"));
  run.integrates("b");
  EXPECT_THAT(run.last_tasks<Merge>(), ElementsAre("c"));
  run.merged("c");
  EXPECT_THAT(run.accepted(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(run.attempt("c").attempt, 1) << "it did not have to run again";
}

// The winner is sure only until a failed task before it gets another chance.
TEST(ConflictQueue, AWinnerThatComesToNothingIsNotStoodOn) {
  Machine run(PlanOf().task("a").task("b").task("c").retries(0).conflicts(kQueue));
  run.fails("a");
  run.integrates("b");
  run.changes("c");
  run.conflicts("c", {"b"});
  run.integrates("c");
  EXPECT_THAT(run.from("c"), ElementsAre("b"));
  run.publish();
  run.resume(true);
  run.changes("a");
  run.conflicts("a", {"b"});
  EXPECT_THAT(run.withdrawn(), ElementsAre("b", "c"));
  run.merged("a");
  run.conflicts("b", {"a"});
  EXPECT_THAT(run.started(), ElementsAre("b"));
  run.fails("b");
  EXPECT_THAT(run.started(), ElementsAre("c"));
  EXPECT_THAT(run.from("c"), IsEmpty());
}

TEST(ConflictQueue, ACancelledLoserIsNotHeld) {
  Machine run(PlanOf().task("a").task("b").task("c").conflicts(kQueue));
  run.integrates("b");
  run.changes("c");
  run.conflicts("c", {"b"});
  run.cancel("c");
  EXPECT_EQ(run.state("c"), TaskState::cancelled);
  run.done("a");
  EXPECT_THAT(run.last_tasks<Merge>(), IsEmpty());
  EXPECT_TRUE(run.publishing());
}

TEST(ConflictQueue, SeveralLosersOfOneOfferAreAllTakenBack) {
  Machine run(PlanOf().task("early").task("b").task("c").task("d", {"b"}).conflicts(kQueue));
  run.integrates("c");
  run.integrates("b");
  run.integrates("d");
  run.changes("early");
  run.conflicts("early", {"b", "c", "d"});
  EXPECT_THAT(run.withdrawn(), ElementsAre("b", "d", "c"));
  run.merged("early");
  run.conflicts("b", {"early"});
  EXPECT_THAT(run.started(), ElementsAre("b"));
  run.integrates("b");
  run.conflicts("c", {"early"});
  EXPECT_THAT(run.started(), ElementsAre("c"));
}

TEST(ConflictQueue, ThreeThatClashPairwiseStandOnEachOtherInPlanOrderWhateverCameFirst) {
  const std::vector<Ids> orders{{"a", "b", "c"}, {"a", "c", "b"}, {"b", "a", "c"},
                                {"b", "c", "a"}, {"c", "a", "b"}, {"c", "b", "a"}};
  for (const Ids& order : orders) {
    Machine run(PlanOf().task("a").task("b").task("c").conflicts(kQueue));
    const Ids all{"a", "b", "c"};
    Ids offered = order;
    for (int guard = 0; !offered.empty() && guard < 50; ++guard) {
      const std::string id = offered.front();
      offered.erase(offered.begin());
      if (run.state(id) != TaskState::running) continue;
      run.changes(id);
      while (!run.last_tasks<Merge>().empty()) {
        const std::string offer = run.last_tasks<Merge>().front();
        Ids with;
        for (const std::string& other : run.accepted()) {
          const Ids from = run.from(offer);
          const Ids its = run.from(other);
          if (std::count(from.begin(), from.end(), other) == 0 &&
              std::count(its.begin(), its.end(), offer) == 0) {
            with.push_back(other);
          }
        }
        if (with.empty()) {
          run.merged(offer);
        } else {
          run.conflicts(offer, with);
        }
      }
      if (offered.empty()) offered = run.in_state(TaskState::running);
    }
    EXPECT_THAT(run.accepted(), ElementsAre("a", "b", "c"));
    EXPECT_THAT(run.from("b"), ElementsAre("a"));
    EXPECT_THAT(run.from("c"), ElementsAre("a", "b"));
  }
}

TEST(ConflictQueue, AnAnswerAboutAResultThatIsGoneIsAskedForAgain) {
  Machine run(PlanOf().task("a").task("b").task("c").conflicts(kQueue));
  run.integrates("b");
  run.changes("c");
  run.changes("a");
  run.conflicts("a", {"b"});  // b is taken back
  run.conflicts("c", {"b"});  // found before that
  EXPECT_THAT(run.last_tasks<Merge>(), ElementsAre("c"));
  EXPECT_THAT(run.last_events(), Not(Contains(RunEventKind::conflict)));
  run.merged("c");
  EXPECT_EQ(run.state("c"), TaskState::done);
}

TEST(ConflictQueue, ATaskMarkedOnceAsksBeforeItRunsOnTopOfTheWinner) {
  Machine run(PlanOf().task("early").task("late").once().conflicts(kQueue));
  run.integrates("early");
  run.changes("late");
  run.conflicts("late", {"early"});
  EXPECT_EQ(run.state("late"), TaskState::asking);
  run.decide("late", model::FailureAnswer::retry);
  EXPECT_THAT(run.from("late"), ElementsAre("early"));
}

TEST(ConflictQueue, SurvivesACrashAtEachStep) {
  for (int crash_at = 0; crash_at < 6; ++crash_at) {
    Machine run(PlanOf().task("early").task("late").task("behind", {"late"}).conflicts(kQueue));
    int step = 0;
    const auto maybe_crash = [&] {
      if (step++ == crash_at) run.resume();
    };
    run.integrates("late");
    maybe_crash();
    run.changes("early");
    maybe_crash();
    run.conflicts("early", {"late"});
    maybe_crash();
    if (run.state("behind") == TaskState::running) run.ends("behind", Verdict::cancelled);
    maybe_crash();
    run.merged("early");
    maybe_crash();
    run.conflicts("late", {"early"});
    run.integrates("late");
    maybe_crash();
    run.integrates("behind");
    EXPECT_THAT(run.from("behind"), ElementsAre("early", "late")) << "crash at step " << crash_at;
    EXPECT_THAT(run.accepted(), ElementsAre("early", "late", "behind"));
    EXPECT_TRUE(run.publishing());
  }
}

}  // namespace
}  // namespace fleet::engine::tests
