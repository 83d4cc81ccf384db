#include "engine/circuit_breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/machine.h"

namespace fleet::engine::tests {
namespace {

using model::AgentFailure;
using model::RunEventKind;
using model::TaskState;
using model::Verdict;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

model::Outcome outcome(std::optional<AgentFailure> failure, std::optional<Duration> told = {}) {
  model::Outcome outcome;
  outcome.verdict = failure ? Verdict::failed : Verdict::done;
  outcome.reason = failure ? "it could not" : "";
  outcome.agent.emplace().failure = failure;
  outcome.agent->retry_after = told;
  return outcome;
}

void ends(Machine& run, const std::string& id, std::optional<AgentFailure> failure,
          std::optional<Duration> told = {}) {
  run.send(AttemptFinished{run.index(id), run.serial(id), outcome(failure, told)});
}

class Breaker : public ::testing::Test {
 protected:
  CircuitBreaker make(const std::vector<model::SingleAgent>& agents) {
    for (std::size_t i = 0; i < agents.size(); ++i)
      plan_.agents[std::string(1, static_cast<char>('a' + i))] = agents[i];
    return CircuitBreaker(plan_);
  }
  model::Plan plan_;
  TimePoint now_{seconds(1000)};
};

TEST_F(Breaker, OneProviderIsAKindAnAddressAndAKey) {
  model::SingleAgent one, same, other_key, other_url, other_kind;
  same.model = "another";
  other_key.key = "K";
  other_url.url = "http://localhost";
  other_kind.use = model::AgentKind::codex;
  const CircuitBreaker breaker = make({one, same, other_key, other_url, other_kind});
  EXPECT_EQ(breaker.providers(), 4U);
  EXPECT_EQ(breaker.provider_of("a"), breaker.provider_of("b"));
}

TEST_F(Breaker, WaitsAsItIsToldElseLongerEachTime) {
  CircuitBreaker breaker = make({{}});
  EXPECT_EQ(breaker.record(0, outcome(AgentFailure::rate_limit, minutes(7)), now_), now_ + minutes(7));
  EXPECT_EQ(breaker.record(0, outcome(AgentFailure::rate_limit, minutes(2)), now_), std::nullopt);
  EXPECT_EQ(breaker.record(0, outcome(AgentFailure::rate_limit, hours(9)), now_), now_ + hours(1));
  EXPECT_TRUE(breaker.is_open(0));
  EXPECT_THAT(breaker.half_open(now_ + minutes(59)), IsEmpty());
  now_ += hours(1);
  for (const int wait : {10, 20, 40, 80, 160, 300, 300}) {
    EXPECT_THAT(breaker.half_open(now_), ElementsAre(0));
    EXPECT_EQ(breaker.places(0), 1);
    EXPECT_EQ(breaker.record(0, outcome(AgentFailure::overload), now_), now_ + seconds(wait));
    EXPECT_EQ(breaker.places(0), 0);
    now_ += seconds(wait);
  }
  EXPECT_THAT(breaker.half_open(now_), ElementsAre(0));
  EXPECT_EQ(breaker.record(0, outcome({}), now_), std::nullopt);
  EXPECT_GT(breaker.places(0), 1'000'000);
  EXPECT_EQ(breaker.record(0, outcome(AgentFailure::overload), now_), now_ + seconds(5));
}

TEST_F(Breaker, IsOpenedByWhatConcernsAllWhoAskAndByNothingElse) {
  for (const AgentFailure failure :
       {AgentFailure::auth, AgentFailure::bad_request, AgentFailure::context_too_long, AgentFailure::refusal,
        AgentFailure::network, AgentFailure::silence, AgentFailure::nonsense, AgentFailure::turns,
        AgentFailure::denied, AgentFailure::unavailable, AgentFailure::quota}) {
    CircuitBreaker breaker = make({{}});
    EXPECT_EQ(breaker.record(0, outcome(failure), now_), std::nullopt) << base::name_of(failure);
  }
  CircuitBreaker breaker = make({{}});
  EXPECT_TRUE(breaker.record(0, outcome(AgentFailure::quota, minutes(1)), now_));
  // What began before does not close it.
  EXPECT_FALSE(breaker.record(0, outcome({}), now_));
  EXPECT_TRUE(breaker.is_open(0));
  // Nor does what was cut off tell anything.
  EXPECT_THAT(breaker.half_open(now_ + minutes(1)), ElementsAre(0));
  model::Outcome cut = outcome({});
  cut.verdict = Verdict::interrupted;
  EXPECT_FALSE(breaker.record(0, cut, now_ + minutes(1)));
  EXPECT_EQ(breaker.places(0), 1);
}

PlanOf many(int tasks) {
  PlanOf plan;
  for (int i = 0; i < tasks; ++i)
    plan.task("t" + std::to_string(i)).agent("one").retries(1, {.delays = {}, .backoff = seconds(1)});
  return plan.parallel(2);
}

TEST(BusyProvider, IsLeftAloneByAllTasksThenTriedByOne) {
  Machine run(many(4));
  ends(run, "t0", AgentFailure::rate_limit, seconds(60));
  EXPECT_THAT(run.last_events(), Contains(RunEventKind::agent_paused));
  EXPECT_THAT(run.started(), IsEmpty());
  ends(run, "t1", {});  // that began before
  EXPECT_THAT(run.started(), IsEmpty());
  EXPECT_EQ(run.state("t2"), TaskState::ready);
  run.pass(seconds(59));
  EXPECT_THAT(run.in_state(TaskState::running), IsEmpty());
  run.pass(seconds(1));
  EXPECT_THAT(run.in_state(TaskState::running), testing::SizeIs(1));
  const std::string first = run.in_state(TaskState::running).front();
  ends(run, first, {});
  EXPECT_THAT(run.started(), testing::SizeIs(2));
}

TEST(BusyProvider, IsPassedOverWhereAnotherCanDoItAndAskedAfterAll) {
  Machine run(PlanOf().task("a").agent("one").task("b").chain("both", {"one", "two"}).parallel(1));
  ends(run, "a", AgentFailure::overload, minutes(5));
  EXPECT_THAT(run.started(), ElementsAre("b"));
  EXPECT_EQ(run.attempt("b").link, 1U);
  EXPECT_EQ(run.attempt("b").retries_left, 1);
  run.fails("b");
  EXPECT_EQ(run.state("b"), TaskState::ready);  // its first has not had its turn
  run.pass(minutes(5));
  EXPECT_EQ(run.attempt("b").link, 0U);
  run.fails("b");
  EXPECT_EQ(run.state("b"), TaskState::failed);
}

TEST(BusyProvider, IsStillLeftAloneAfterAResume) {
  Machine run(many(3));
  ends(run, "t0", AgentFailure::rate_limit, seconds(60));
  run.pass(seconds(20));
  run.resume();
  EXPECT_THAT(run.in_state(TaskState::running), IsEmpty());
  run.pass(seconds(39));
  EXPECT_THAT(run.in_state(TaskState::running), IsEmpty());
  run.pass(seconds(1));
  EXPECT_THAT(run.in_state(TaskState::running), testing::SizeIs(1));
}

}  // namespace
}  // namespace fleet::engine::tests
