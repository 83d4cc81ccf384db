#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/machine.h"

// Prompts, which several agents may do one after the other.
namespace fleet::engine::tests {
namespace {

using model::TaskState;
using model::Verdict;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const model::Retry kWait{.delays = {}, .backoff = seconds(4)};

ObjectId commit(std::uint8_t number) {
  ObjectId id;
  id.bytes[0] = number;
  return id;
}

PlanOf chain() {
  return PlanOf().task("a").chain("both", {"one", "two"});
}

void ends_as(Machine& run, const model::Outcome& outcome) {
  run.send(AttemptFinished{run.index("a"), run.serial("a"), outcome});
}

model::Outcome failed(ObjectId left = {}) {
  model::Outcome outcome;
  outcome.verdict = Verdict::failed;
  outcome.reason = "the check failed";
  outcome.feedback = "mend it";
  outcome.snapshot = left;
  outcome.agent.emplace().can_go_on = !left.is_none();
  return outcome;
}

TEST(Chain, GoesOnWithTheNextAtOnceAndWithWhatTheLastOneLeft) {
  Machine run(chain());
  EXPECT_EQ(run.attempt("a").link, 0);
  EXPECT_EQ(run.attempt("a").retries_left, 1);
  ends_as(run, failed(commit(5)));
  EXPECT_THAT(run.started(), ElementsAre("a"));
  EXPECT_EQ(run.attempt("a").link, 1);
  EXPECT_EQ(run.attempt("a").attempt, 2);
  EXPECT_EQ(run.attempt("a").go_on, commit(5));
  EXPECT_EQ(run.attempt("a").feedback, "mend it");
  EXPECT_EQ(run.attempt("a").retries_left, 0);
  run.fails("a");
  EXPECT_EQ(run.state("a"), TaskState::failed);
}

TEST(Chain, WhatMustNotStayIsNotGoneOnFrom) {
  Machine run(chain());
  model::Outcome outcome = failed(commit(5));
  outcome.agent->can_go_on = false;
  ends_as(run, outcome);
  EXPECT_TRUE(run.attempt("a").go_on.is_none());
}

TEST(Chain, ARetryIsARoundThroughAllWhoCan) {
  Machine run(chain().retries(1, kWait));
  EXPECT_EQ(run.attempt("a").retries_left, 3);
  run.ends("a", Verdict::blocked, "no key");
  EXPECT_EQ(run.attempt("a").link, 1);
  run.fails("a");
  EXPECT_EQ(run.state("a"), TaskState::backing_off);
  run.pass(seconds(4));
  EXPECT_EQ(run.attempt("a").link, 1) << "the first has said that it cannot";
  run.fails("a");
  EXPECT_EQ(run.state("a"), TaskState::failed);
}

TEST(Chain, EndsWhenNobodyCanWhateverRetriesAreLeft) {
  Machine run(chain().retries(5, kWait));
  run.ends("a", Verdict::blocked, "no key");
  run.ends("a", Verdict::blocked, "not installed");
  EXPECT_EQ(run.state("a"), TaskState::failed);
}

TEST(Chain, ACrashTakesNobodysTurn) {
  Machine run(chain());
  run.fails("a");
  run.resume();
  EXPECT_EQ(run.attempt("a").link, 1);
  run.done("a");
  EXPECT_EQ(run.state("a"), TaskState::done);
}

TEST(Chain, EachLinkTakesThePlacesOfItsOwnAgent) {
  Machine run(chain().task("b").agent("two").task("c").agent("one").agent_parallel("one", 1).agent_parallel(
      "two", 1));
  EXPECT_THAT(run.started(), ElementsAre("a", "b"));
  run.fails("a");
  EXPECT_THAT(run.started(), ElementsAre("c")) << "the first has a place again, the second has none";
  run.done("b");
  EXPECT_THAT(run.started(), ElementsAre("a"));
}

TEST(Chain, TheCapOfTheChainHoldsForItsLinks) {
  Machine run(chain().task("b").chain("both", {"two"}).agent_parallel("both", 1));
  EXPECT_THAT(run.started(), ElementsAre("a"));
  run.done("a");
  EXPECT_THAT(run.started(), ElementsAre("b"));
}

TEST(Chain, WaitsAsLongAsTheProviderSays) {
  Machine run(PlanOf().task("a").agent("one").retries(2, kWait));
  model::Outcome outcome = failed();
  outcome.agent->retry_after = minutes(2);
  ends_as(run, outcome);
  run.pass(seconds(119));
  EXPECT_THAT(run.started(), IsEmpty());
  run.pass(seconds(1));
  EXPECT_THAT(run.started(), ElementsAre("a"));
  outcome.agent->retry_after = std::chrono::hours(24 * 365);
  ends_as(run, outcome);
  run.pass(std::chrono::hours(1));
  EXPECT_THAT(run.started(), ElementsAre("a")) << "nobody waits for a year";
}

TEST(Chain, WaitsForTheOneThatIsAskedNextAndForNoOther) {
  Machine run(chain().retries(2, kWait));
  model::Outcome limited = failed();
  limited.agent->retry_after = minutes(2);
  ends_as(run, limited);
  run.fails("a");
  run.pass(seconds(119));
  EXPECT_THAT(run.started(), IsEmpty()) << "the first said two minutes";
  run.pass(seconds(1));
  EXPECT_EQ(run.attempt("a").link, 0);
  run.fails("a");
  ends_as(run, limited);
  run.pass(seconds(8));
  EXPECT_THAT(run.started(), ElementsAre("a")) << "it was the second that is to be left alone";
}

TEST(Chain, KeepsWhatWasWrongWhereTheNextCouldNotBegin) {
  Machine run(PlanOf().task("a").chain("all", {"one", "two", "three"}));
  ends_as(run, failed(commit(5)));
  model::Outcome absent = failed(commit(6));
  absent.verdict = Verdict::blocked;
  absent.feedback.clear();
  ends_as(run, absent);
  EXPECT_EQ(run.attempt("a").link, 2);
  EXPECT_EQ(run.attempt("a").feedback, "mend it");
  EXPECT_EQ(run.attempt("a").go_on, commit(6));
}

}  // namespace
}  // namespace fleet::engine::tests
