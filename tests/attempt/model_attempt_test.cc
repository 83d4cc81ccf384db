// Attempts of a model whose tools we run.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "attempt/attempt.h"
#include "attempt/attempt_fixture.h"

namespace fleet::attempt::tests {
namespace {

using engine::tests::PlanOf;
using model::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::json;

struct Call {
  std::string name;
  Json arguments;
};

// An answer of Anthropic's API that makes these calls.
std::string answer(const std::vector<Call>& calls) {
  std::string stream;
  const auto event = [&stream](const Json& data) { stream += "data: " + data.dump() + "\n\n"; };
  event({{"type", "message_start"}, {"message", {{"model", "m"}, {"usage", {{"input_tokens", 10}}}}}});
  for (std::size_t i = 0; i < calls.size(); ++i) {
    event({{"type", "content_block_start"},
           {"index", i},
           {"content_block",
            {{"type", "tool_use"}, {"id", "c"}, {"name", calls[i].name}, {"input", calls[i].arguments}}}});
  }
  event({{"type", "message_delta"},
         {"delta", {{"stop_reason", "tool_use"}}},
         {"usage", {{"output_tokens", 5}}}});
  event({{"type", "message_stop"}});
  return stream;
}

const Call kFinish{"finish", {{"summary", "It is done."}}};

class ModelAttempt : public AttemptTest {
 protected:
  void set_up_with(std::vector<std::string> checks = {}) {
    PlanOf plan;
    plan.task("t").agent("coder");
    set_up(std::move(plan));
    plan_.tasks[0].timeout.value = std::chrono::seconds(20);
    for (std::string& check : checks)
      plan_.tasks[0].spec.checks.push_back({std::move(check), {}});
  }
  std::string file(const model::Outcome& end, const std::string& path) {
    const auto place = git::must(git::look_up(objects(), git::must(objects().tree_of(end.snapshot)), path));
    return place.entry.exists() ? git::must(objects().read_blob(place.entry.id)) : "(none)";
  }
  std::string told_last() { return http_.requests.back().body; }
};

TEST_F(ModelAttempt, EditsATreeWithoutACheckout) {
  set_up_with();
  http_.answers = {answer({{"write_file", {{"path", "b"}, {"text", "new\n"}}}}),
                   answer({{"edit_file", {{"path", "a"}, {"old_text", "1"}, {"new_text", "2"}}}}),
                   answer({kFinish})};
  begin({});
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::done) << end.reason;
  EXPECT_EQ(end.summary, "It is done.");
  EXPECT_THAT(end.paths, ElementsAre("a", "b"));
  EXPECT_EQ(file(end, "a"), "2\n");
  EXPECT_TRUE(end.programs.empty());
  EXPECT_EQ(services_->workspaces.size(), 0U);
  EXPECT_EQ(end.agent->cost.tokens, (model::Tokens{30, 0, 0, 15}));
  EXPECT_THAT(end.output_head, HasSubstr("> write_file b\n> edit_file a\n"));
}

TEST_F(ModelAttempt, RunsACheckInACheckoutThatIsThrownAway) {
  set_up_with({"cat b && echo dirt > dirt && grep -q right b"});
  http_.answers = {
      answer({{"write_file", {{"path", "b"}, {"text", "wrong\n"}}}, {"run_check", {{"number", 1}}}}),
      answer({{"write_file", {{"path", "b"}, {"text", "right\n"}}}, {"run_check", {{"number", 1}}}}),
      answer({kFinish})};
  begin({});
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::done) << end.reason;
  EXPECT_THAT(http_.requests[1].body,
              HasSubstr("Failed: the check ended with exit 1.\\nThe end of its output:\\nwrong"));
  EXPECT_THAT(told_last(), HasSubstr("It succeeded."));
  EXPECT_THAT(end.paths, ElementsAre("b"));
  EXPECT_EQ(end.programs.size(), 3U) << "twice by the model, once by its judge";
}

TEST_F(ModelAttempt, IsJudgedByWhatItLeft) {
  set_up_with();
  http_.answers = {answer({kFinish})};
  begin({});
  EXPECT_EQ(outcome().verdict, Verdict::no_change);
}

TEST_F(ModelAttempt, GoesOnFromWhatTheLastOneLeft) {
  set_up_with();
  const ObjectId left = commit_of("half\n");
  http_.answers = {answer({{"edit_file", {{"path", "a"}, {"old_text", "half"}, {"new_text", "whole"}}}}),
                   answer({kFinish})};
  engine::StartAttempt start;
  start.go_on = left;
  begin(start);
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::done) << end.reason;
  EXPECT_EQ(file(end, "a"), "whole\n");
  EXPECT_THAT(http_.requests[0].body, HasSubstr("The files are as it left them."));
}

TEST_F(ModelAttempt, WhatWasLeftCountsAlsoWhereNothingIsAdded) {
  set_up_with();
  const ObjectId left = commit_of("all\n");
  http_.answers = {answer({kFinish})};
  engine::StartAttempt start;
  start.go_on = left;
  begin(start);
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::done) << end.reason;
  EXPECT_EQ(file(end, "a"), "all\n");
}

TEST_F(ModelAttempt, IsEndedWhileItsModelThinks) {
  set_up_with();
  plan_.tasks[0].timeout.value = std::chrono::milliseconds(200);
  begin({});
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::timed_out);
  EXPECT_EQ(http_.requests.size(), 1U);
}

TEST_F(ModelAttempt, IsEndedWhileItWaits) {
  set_up_with();
  plan_.tasks[0].timeout.value = std::chrono::milliseconds(200);
  http_.answers = {
      "data: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}}\n\n"};
  begin({});
  EXPECT_EQ(outcome().verdict, Verdict::timed_out);
}

TEST_F(ModelAttempt, IsEndedWhileItsCheckRuns) {
  set_up_with({"sleep 30"});
  plan_.tasks[0].timeout.value = std::chrono::milliseconds(500);
  http_.answers = {answer({{"run_check", {{"number", 1}}}})};
  begin({});
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::timed_out);
  EXPECT_LT(end.usage.wall, std::chrono::seconds(20));
}

// Of a run with limits.cost

TEST_F(ModelAttempt, AsksForTheMoneyBeforeEachRequestAndTellsWhatItCost) {
  set_up_with();
  plan_.agents["coder"].price = model::Price{{1, 10, 0.1, 1.25}, {}};
  http_.answers = {answer({{"write_file", {{"path", "b"}, {"text", "new\n"}}}}), answer({kFinish})};
  std::size_t asked = 0;
  on_post_ = [&](const engine::Input& input) {
    const auto* request = std::get_if<engine::CallRequested>(&input);
    if (request == nullptr) return;
    EXPECT_EQ(http_.requests.size(), asked);  // it waits
    EXPECT_EQ(request->call.number, ++asked);
    EXPECT_GT(request->most, 0.16);
    services_->loop.post([this, number = request->call.number] {
      attempt_->granted(number + 1);  // one that it did not ask for
      attempt_->granted(number);
    });
  };
  engine::StartAttempt start;
  start.metered = true;
  begin(start);
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::done);
  const std::string message = git::must(objects().read_commit(end.snapshot)).message;
  EXPECT_THAT(message, HasSubstr("\nFleet-Agent: coder (m)\nFleet-Cost: 0.000120 USD\n"));
  std::vector<double> settled;
  for (const engine::Input& input : posted_) {
    if (const auto* one = std::get_if<engine::CallSettled>(&input)) settled.push_back(one->usd);
  }
  EXPECT_THAT(settled, ElementsAre(testing::DoubleEq(60e-6), testing::DoubleEq(60e-6)));
}

TEST_F(ModelAttempt, EndsWhileItWaitsForMoney) {
  set_up_with();
  plan_.agents["coder"].price.emplace();
  on_post_ = [&](const engine::Input& input) {
    if (std::holds_alternative<engine::CallRequested>(input))
      services_->loop.post([this] { attempt_->stop(Verdict::timed_out, false); });
  };
  engine::StartAttempt start;
  start.metered = true;
  begin(start);
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::timed_out);
  EXPECT_TRUE(http_.requests.empty());
  const auto is_settled = [](const engine::Input& input) {
    const auto* settled = std::get_if<engine::CallSettled>(&input);
    return settled != nullptr && settled->usd == 0;
  };
  EXPECT_TRUE(std::any_of(posted_.begin(), posted_.end(), is_settled));
  EXPECT_EQ(end.agent->cost.usd, 0);
  EXPECT_EQ(end.agent->cost.tokens, model::Tokens{});
}

}  // namespace
}  // namespace fleet::attempt::tests
