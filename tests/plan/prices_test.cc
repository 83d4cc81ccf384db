#include "plan/prices.h"

#include <gmock/gmock.h>

#include "base/time.h"
#include "plan/make_workflow.h"
#include "plan/planner.h"

namespace fleet::plan {
namespace {

using model::AgentKind;
using model::Tokens;
using testing::HasSubstr;
using testing::IsEmpty;

TimePoint day(const std::string& text) {
  return base::parse_time(text + "T12:00:00.000Z").value();
}

model::Price price(AgentKind kind, const std::string& name, const std::string& when = "2026-11-30") {
  const auto found = listed_model(kind, name, day(when)).price;
  EXPECT_TRUE(found) << name;
  return found.value_or(model::Price{});
}

TEST(Prices, AreThoseOfTheDay) {
  EXPECT_DOUBLE_EQ(price(AgentKind::anthropic, "claude-sonnet-5-5", "2026-10-06").rates.cached_input, 0.2);
  EXPECT_DOUBLE_EQ(price(AgentKind::anthropic, "claude-sonnet-5-5", "2026-10-07").rates.cached_input, 0.1);
  EXPECT_FALSE(listed_model(AgentKind::anthropic, "claude-sonnet-5-5", day("2026-09-01")).price);
}

TEST(Prices, KnowAModelByItsDatedName) {
  const model::Price whole = price(AgentKind::anthropic, "claude-sonnet-4-5");
  EXPECT_EQ(price(AgentKind::claude_code, "claude-sonnet-4-5-20250929"), whole);
  EXPECT_EQ(price(AgentKind::opencode, "anthropic/claude-sonnet-4-5"), whole);
  EXPECT_EQ(price(AgentKind::openai, "gpt-5-2025-08-07"), price(AgentKind::codex, "gpt-5"));
  for (const char* name : {"claude-sonnet-4-5-20259999", "claude-sonnet-4-5-2", "claude-sonnet", "gpt-5", ""})
    EXPECT_FALSE(listed_model(AgentKind::anthropic, name, day("2026-11-30")).price) << name;
  EXPECT_FALSE(listed_model(AgentKind::opencode, "claude-sonnet-4-5", day("2026-11-30")).price);
}

TEST(Prices, OfALongRequestHoldForAllOfIt) {
  const model::Price gemini = price(AgentKind::gemini, "gemini-2.5-pro");
  ASSERT_TRUE(gemini.when_long);
  EXPECT_EQ(gemini.when_long->above, 200'000);
  EXPECT_DOUBLE_EQ(gemini.usd({200'000, 0, 0, 1'000'000}), 0.25 + 10);
  EXPECT_DOUBLE_EQ(gemini.usd({200'000, 1, 0, 1'000'000}), 0.5 + 0.25 / 1e6 + 15);
  EXPECT_EQ(gemini.usd_of_sum({200'001, 0, 0, 1}), std::nullopt);
}

// Whatever a request turns out to be, within what was foreseen, it costs no more than its worst case.
TEST(Prices, AreNeverMoreThanTheWorstCase) {
  const model::Price prices[] = {price(AgentKind::gemini, "gemini-2.5-pro"),
                                 price(AgentKind::anthropic, "claude-opus-5-5"),
                                 {{1, 2, 3, 0.5}, model::LongRates{100, {0.1, 0.1, 0.1, 0.1}}}};
  for (const model::Price& each : prices) {
    for (const std::uint64_t read : {0ULL, 50ULL, 100ULL, 101ULL, 200'000ULL, 200'001ULL, 3'000'000ULL}) {
      for (const Tokens& tokens : {Tokens{read, 0, 0, 500}, Tokens{0, read, 0, 500}, Tokens{0, 0, read, 500},
                                   Tokens{read / 2, 0, 0, 0}})
        EXPECT_LE(each.usd(tokens), each.most(read, 500) * (1 + 1e-12)) << read;
    }
  }
}

model::Workflow of_agent(model::SingleAgent agent) {
  model::WorkflowTask task = make_task("t");
  task.work = model::Prompt{"a", "do it", {}};
  model::Workflow workflow = make_workflow({task});
  workflow.agents.push_back({"a", std::move(agent), {}, {7, 3}});
  return workflow;
}

Planning plan_of(model::SingleAgent agent, std::optional<double> cost) {
  PlanOptions options;
  options.today = day("2026-11-30");
  options.command_line.cost = cost;
  return make(of_agent(std::move(agent)), options);
}

TEST(Prices, AreFilledInWhereTheWorkflowSaysNothing) {
  model::SingleAgent agent;
  agent.use = AgentKind::openai;
  agent.model = "gpt-4.1";
  const model::SingleAgent planned = plan_of(agent, 1).plan.agents.at("a");
  EXPECT_DOUBLE_EQ(planned.price.value().rates.input, 2);
  EXPECT_EQ(planned.context, 1'047'576);
  EXPECT_EQ(planned.max_output, 32'768);
  agent.price = model::Price{{9, 9, 9, 9}, {}};
  agent.context = 5'000;
  EXPECT_DOUBLE_EQ(plan_of(agent, 1).plan.agents.at("a").price.value().rates.input, 9);
  EXPECT_EQ(plan_of(agent, 1).plan.agents.at("a").context, 5'000);
}

TEST(Prices, ALimitOnCostWantsOneOfEveryAgent) {
  model::SingleAgent agent;
  agent.use = AgentKind::openai;
  agent.model = "gpt-4.1";
  agent.url = "http://localhost:1/v1";  // whoever that is
  EXPECT_THAT(plan_of(agent, {}).diagnostics, IsEmpty());
  const auto refused = plan_of(agent, 1).diagnostics;
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].at, (model::Location{7, 3}));
  EXPECT_THAT(refused[0].message, HasSubstr("nobody knows what `gpt-4.1` costs at http://localhost:1/v1"));
  EXPECT_THAT(refused[0].suggestion, HasSubstr("price"));
  agent.price.emplace();
  EXPECT_THAT(plan_of(agent, 1).diagnostics.at(0).message, HasSubstr("how long an answer"));
  agent.max_output = 8'000;
  EXPECT_THAT(plan_of(agent, 1).diagnostics, IsEmpty());
  agent.use = AgentKind::codex;
  EXPECT_THAT(plan_of(agent, 1).diagnostics.at(0).message, HasSubstr("cannot stop codex in the middle"));
}

}  // namespace
}  // namespace fleet::plan
