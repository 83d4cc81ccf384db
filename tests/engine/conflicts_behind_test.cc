#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/machine.h"

// What stands on a result that loses a conflict, whatever it was doing when its start was taken back.
namespace fleet::engine::tests {
namespace {

using model::ConflictStrategy;
using model::RunState;
using model::TaskState;
using model::Verdict;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ConflictQueue, AHeldLoserWhoseStartIsTakenBackRunsAgain) {
  Machine run(PlanOf().task("a").task("b").task("x", {"b"}).task("y", {"b"}).conflicts(kQueue));
  run.integrates("b");
  run.integrates("x");
  run.changes("y");
  run.conflicts("y", {"x"});
  run.changes("a");
  run.conflicts("a", {"b"});
  run.merged("a");
  run.conflicts("b", {"a"});
  run.integrates("b");
  EXPECT_THAT(run.started(), ElementsAre("x", "y"));
}

struct Behind {
  const char* name;
  void (*bring)(Machine&);   // brings `behind`, which stands on the loser, into a state
  void (*finish)(Machine&);  // what was under way ends
};

class ConflictWithDependents : public testing::TestWithParam<Behind> {};

// Whatever what stands on the loser was doing, it ends up standing on the loser's new result.
TEST_P(ConflictWithDependents, AllThatStoodOnTheLoserStandsOnItsNewResultInTheEnd) {
  Machine run(
      PlanOf().task("early").task("late").task("behind", {"late"}).retries(1).condition().conflicts(kQueue));
  run.integrates("late");
  GetParam().bring(run);
  run.changes("early");
  run.conflicts("early", {"late"});
  GetParam().finish(run);
  EXPECT_THAT(run.accepted(), IsEmpty());
  EXPECT_EQ(run.state("behind"), TaskState::waiting);
  run.merged("early");
  run.conflicts("late", {"early"});
  EXPECT_THAT(run.started(), ElementsAre("late"));
  const Serial stale = run.serial("behind");
  run.integrates("late");
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), ElementsAre("behind"));
  run.condition("behind", true);
  EXPECT_NE(run.serial("behind"), stale);
  EXPECT_THAT(run.from("behind"), ElementsAre("early", "late"));
  EXPECT_EQ(run.attempt("behind").feedback, "");
  run.integrates("behind");
  EXPECT_THAT(run.accepted(), ElementsAre("early", "late", "behind"));
  run.publish();
  EXPECT_EQ(run.ended(), RunState::finished);
}

INSTANTIATE_TEST_SUITE_P(
    Phases, ConflictWithDependents,
    testing::Values(Behind{"running", [](Machine& run) { run.condition("behind", true); },
                           [](Machine& run) {
                             EXPECT_EQ(run.state("behind"), TaskState::running);
                             run.changes("behind");  // too late to matter
                             EXPECT_THAT(run.last_tasks<Merge>(), IsEmpty());
                           }},
                    Behind{"merging",
                           [](Machine& run) {
                             run.condition("behind", true);
                             run.changes("behind");
                           },
                           [](Machine& run) {
                             EXPECT_THAT(run.withdrawn(), ElementsAre("late", "behind"));
                             run.merged("behind");
                             EXPECT_THAT(run.withdrawn(), IsEmpty());
                           }},
                    Behind{"done",
                           [](Machine& run) {
                             run.condition("behind", true);
                             run.integrates("behind");
                           },
                           [](Machine&) {}},
                    Behind{"failed",
                           [](Machine& run) {
                             run.condition("behind", true);
                             run.ends("behind", Verdict::blocked);
                           },
                           [](Machine&) {}},
                    Behind{"backing_off",
                           [](Machine& run) {
                             run.condition("behind", true);
                             run.ends("behind", Verdict::failed, "no");
                           },
                           [](Machine& run) { run.pass(seconds(5)); }}),
    [](const testing::TestParamInfo<Behind>& tested) { return std::string(tested.param.name); });

TEST(ConflictQueue, AConditionThatLookedAtAResultThatIsTakenBackIsAskedAnew) {
  Machine run(PlanOf().task("early").task("late").task("behind", {"late"}).condition().conflicts(kQueue));
  run.integrates("late");
  run.changes("early");
  run.conflicts("early", {"late"});
  run.condition("behind", false);
  EXPECT_EQ(run.state("behind"), TaskState::waiting);
  run.merged("early");
  run.conflicts("late", {"early"});
  run.integrates("late");
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), ElementsAre("behind"));
}

TEST(ConflictQueue, ASkippedDependentIsGivenAnotherChance) {
  Machine run(PlanOf().task("early").task("late").task("behind", {"late"}).condition().conflicts(kQueue));
  run.integrates("late");
  run.condition("behind", false);
  run.changes("early");
  run.conflicts("early", {"late"});
  run.merged("early");
  run.conflicts("late", {"early"});
  run.integrates("late");
  run.condition("behind", true);
  EXPECT_EQ(run.state("behind"), TaskState::running);
}

TEST(ConflictQueue, ACancelledDependentStaysCancelledAndWhatRunsAfterItBeginsAgain) {
  Machine run(PlanOf()
                  .task("early")
                  .task("late")
                  .task("cancelled", {"late"})
                  .task("always", {"cancelled"})
                  .runs_after_failure()
                  .conflicts(kQueue));
  run.cancel("cancelled");
  run.condition("always", false);
  run.integrates("late");
  run.changes("early");
  run.conflicts("early", {"late"});
  EXPECT_EQ(run.state("cancelled"), TaskState::cancelled);
  EXPECT_THAT(run.last_tasks<EvaluateCondition>(), ElementsAre("always"));
  run.condition("always", false);
  run.merged("early");
  run.conflicts("late", {"early"});
  run.integrates("late");
  EXPECT_TRUE(run.publishing());
}

// The way from `always` to the results below it leads over a cancelled task, past one that has to begin
// again.
TEST(ConflictQueue, WhatBeginsBehindACancelledTaskDoesNotStandOnWhatIsTakenBack) {
  Machine run(PlanOf()
                  .task("early")
                  .task("late")
                  .task("behind", {"late"})
                  .task("slow")
                  .task("cancelled", {"behind"})
                  .task("always", {"cancelled", "slow"})
                  .runs_after_failure()
                  .conflicts(kQueue));
  run.integrates("late");
  run.cancel("cancelled");
  run.changes("early");
  run.conflicts("early", {"late"});  // `behind` runs on, until it has ended, from a result that is gone
  run.done("slow");
  run.condition("always", true);
  EXPECT_THAT(run.from("always"), IsEmpty());
}

TEST(ConflictQueue, ATaskThatWasCancelledWhileItsStartWasTakenBackDoesNotRunAgain) {
  Machine run(PlanOf().task("early").task("late").task("behind", {"late"}).conflicts(kQueue));
  run.integrates("late");
  run.changes("early");
  run.conflicts("early", {"late"});
  run.cancel("behind");
  run.ends("behind", Verdict::cancelled);
  EXPECT_EQ(run.state("behind"), TaskState::cancelled);
}

TEST(ConflictQueue, ATaskThatWasCancelledWhileItsResultWasOfferedDoesNotRunAgain) {
  Machine run(PlanOf().task("early").task("late").conflicts(kQueue));
  run.integrates("early");
  run.changes("late");
  run.cancel("late");
  run.conflicts("late", {"early"});
  EXPECT_EQ(run.state("late"), TaskState::cancelled);
}

TEST(ConflictQueue, ATaskMarkedOnceThatStandsOnTheLoserAsksWhateverItWasDoing) {
  for (const bool integrated : {false, true}) {
    Machine run(PlanOf().task("early").task("late").task("behind", {"late"}).once().conflicts(kQueue));
    run.integrates("late");
    run.changes("behind");
    if (integrated) run.merged("behind");
    run.changes("early");
    run.conflicts("early", {"late"});
    if (!integrated) run.merged("behind");
    run.merged("early");
    run.conflicts("late", {"early"});
    run.integrates("late");
    EXPECT_EQ(run.state("behind"), TaskState::asking);
  }
}

}  // namespace
}  // namespace fleet::engine::tests
