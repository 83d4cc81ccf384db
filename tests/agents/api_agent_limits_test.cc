#include "agents/api_agent_fixture.h"

namespace fleet::agents {
namespace {

TEST_F(ApiAgentTest, WaitsForWhatPassesAndGoesOn) {
  answers_ = {refused(429, "rate_limit_error", {{"retry-after", "7"}}), refused(529, "overloaded_error"),
              turn("", {call("write_file", {{"path", "x"}, {"text", "x"}})}), refused(500, "api_error"),
              turn("", {finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  ASSERT_EQ(waits_.size(), 3U);
  EXPECT_EQ(waits_[0], std::chrono::seconds(7));
  EXPECT_GE(waits_[1], std::chrono::milliseconds(750));
  EXPECT_LE(waits_[1], std::chrono::milliseconds(1000));
  EXPECT_LE(waits_[2], std::chrono::milliseconds(500)) << "an answer starts the count anew";
  EXPECT_EQ(agent_->use()->cost.tokens, (model::Tokens{20, 0, 0, 10}))
      << "what was turned away costs nothing";
}

TEST_F(ApiAgentTest, GivesUpWhereWaitingIsForTheRunToDecide) {
  answers_ = {refused(429, "rate_limit_error", {{"retry-after", "300"}})};
  Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::failed);
  EXPECT_EQ(agent_->use()->failure, AgentFailure::rate_limit);
  EXPECT_EQ(agent_->use()->retry_after, std::chrono::seconds(300));
  EXPECT_THAT(waits_, IsEmpty());

  task_.links.resize(2);  // there is another one, who need not wait
  answers_ = {refused(429, "rate_limit_error", {{"retry-after", "30"}})};
  EXPECT_EQ(run().verdict, Verdict::failed);
  EXPECT_THAT(waits_, IsEmpty());
}

TEST_F(ApiAgentTest, AsksAFewTimesAndNoMore) {
  repeat_ = true;
  answers_ = {refused(529, "overloaded_error")};
  const Finish end = run();
  EXPECT_EQ(requests_.size(), 4U);
  EXPECT_EQ(end.reason, "coder found its provider overloaded: the message");
  EXPECT_THAT(end.feedback, IsEmpty());
}

TEST_F(ApiAgentTest, WhatWouldNotChangeEndsItAtOnce) {
  const std::pair<Answer, AgentFailure> cases[] = {
      {refused(401, "authentication_error"), AgentFailure::auth},
      {refused(400, "invalid_request_error"), AgentFailure::bad_request},
      {refused(429, "insufficient_quota"), AgentFailure::quota},
      {turn("I must not.", {}, "refusal"), AgentFailure::refusal},
  };
  for (const auto& [answer, failure] : cases) {
    answers_ = {answer};
    const Finish end = run();
    EXPECT_EQ(end.verdict, Verdict::blocked) << base::name_of(failure);
    EXPECT_EQ(agent_->use()->failure, failure);
  }
}

TEST_F(ApiAgentTest, ACutStreamIsAskedForAgainAndCountsAsUnknown) {
  Answer cut;
  cut.body = event(
      {{"type", "content_block_start"}, {"index", 0}, {"content_block", {{"type", "text"}, {"text", "x"}}}});
  cut.error = Error{base::Fault::world, "read", "the answer", "the connection was cut", {}};
  Answer none;
  none.status = 0;
  none.error = Error{base::Fault::world, "send", "x", "connection refused", {}};
  answers_ = {cut, none, turn("", {finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  EXPECT_EQ(agent_->use()->cost.tokens, std::nullopt) << "somebody was paid, and nobody knows how much";
}

TEST_F(ApiAgentTest, ASilentProviderIsLeftToTheRun) {
  Answer silent;
  silent.error = Error{base::Fault::world, "read", "the answer", "timed out", {}};
  silent.was_silent = true;
  answers_ = {silent};
  EXPECT_EQ(run().verdict, Verdict::failed);
  EXPECT_EQ(agent_->use()->failure, AgentFailure::silence);
}

TEST_F(ApiAgentTest, EndlessCallsEndWithTheTurns) {
  who_.turns = 7;
  repeat_ = true;
  answers_ = {turn("", {call("list_files", Json::object())})};
  const Finish end = run();
  EXPECT_EQ(requests_.size(), 7U);
  EXPECT_EQ(end.verdict, Verdict::failed);
  EXPECT_EQ(agent_->use()->failure, AgentFailure::turns);
}

TEST_F(ApiAgentTest, TooManyCallsInOneAnswerAreAnswered) {
  const std::vector<ToolCall> many(200, call("delete_file", {{"path", "nothing"}}));
  answers_ = {turn("", many), turn("", {finish()})};
  run();
  const auto told = results(1);
  ASSERT_EQ(told.size(), 200U) << "each call wants its answer";
  EXPECT_THAT(told[199], HasSubstr("Not done"));
}

TEST_F(ApiAgentTest, ALongConversationLosesItsOldestResults) {
  must(editor_.write("big.txt", std::string(60'000, 'x') + "\n"));
  counts_ = true;
  for (int i = 0; i < 20; ++i)
    answers_.push_back(turn("", {call("read_file", {{"path", "big.txt"}})}));
  answers_.push_back(turn("", {finish()}));
  EXPECT_EQ(run().verdict, Verdict::done);
  std::size_t largest = 0;
  for (const Json& request : requests_)
    largest = std::max(largest, request.dump().size());
  EXPECT_GT(largest, 400'000U);
  EXPECT_LT(largest, 4 * ContextWindow::kUsual + 70'000);
}

TEST_F(ApiAgentTest, WhatIsTooLongForTheModelIsMadeShorter) {
  must(editor_.write("big.txt", std::string(50'000, 'x') + "\n"));
  for (int i = 0; i < 6; ++i)
    answers_.push_back(turn("", {call("read_file", {{"path", "big.txt"}})}));
  answers_.push_back(refused(400, "context_length_exceeded"));
  answers_.push_back(turn("", {finish()}));
  EXPECT_EQ(run().verdict, Verdict::done);
  EXPECT_LT(requests_[7].dump().size(), requests_[6].dump().size());
  EXPECT_THAT(requests_[7].dump(), HasSubstr("left out to save room"));
}

TEST_F(ApiAgentTest, ManyLargeResultsAtOnceAreCut) {
  must(editor_.write("big.txt", std::string(60'000, 'x') + "\n"));
  answers_ = {turn("", std::vector<ToolCall>(10, call("read_file", {{"path", "big.txt"}}))),
              turn("", {finish()})};
  counts_ = true;
  EXPECT_EQ(run().verdict, Verdict::done);
  EXPECT_LT(requests_[1].dump().size(), 400'000U);
  for (const std::string& text : results(1))
    EXPECT_THAT(text, HasSubstr("ask for less at once"));
}

TEST_F(ApiAgentTest, WhatNeverFitsIsForAnother) {
  repeat_ = true;
  answers_ = {refused(400, "context_length_exceeded")};
  const Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::blocked);
  EXPECT_EQ(agent_->use()->failure, AgentFailure::context_too_long);
}

TEST_F(ApiAgentTest, AnAnswerThatWasCutGoesOn) {
  answers_ = {turn("The beginning", {}, "max_tokens"), turn("", {finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  EXPECT_THAT(requests_[1]["messages"].back()["content"][0]["text"], HasSubstr("cut at its limit"));
}

TEST_F(ApiAgentTest, TheWorldsFailureIsNoAnswer) {
  stop_ = false;
  answers_ = {turn("", {call("read_file", {{"path", "src/a.ts"}})})};
  std::filesystem::remove_all(clone_ / ".git/objects");
  const Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::failed);
}

// Money: 1 USD for a million tokens that are read, 10 for a million that are written.
constexpr model::Price kPrice{{1, 10, 0.1, 1.25}, {}};

TEST_F(ApiAgentTest, SaysWhatARequestMayCostAndWhatItDid) {
  who_.price = kPrice;
  counts_ = true;
  answers_ = {turn("", {call("read_file", {{"path", "src/a.ts"}}, "c1")}), turn("", {finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  ASSERT_EQ(most_.size(), 2U);
  // A token may be as short as a byte, and dear to cache; of what was counted, the count holds.
  const auto body = [&](std::size_t i) { return static_cast<double>(sent_[i].body.size()); };
  EXPECT_NEAR(most_[0].value(), ((body(0) + 2'000) * 1.25 + 16'384 * 10) / 1e6, 1e-9);
  const double counted = std::floor(body(0) / 4) + 5;
  EXPECT_NEAR(most_[1].value(), ((counted + body(1) - body(0)) * 1.25 + 16'384 * 10) / 1e6, 1e-9);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(charged_[i].value(), (std::floor(body(i) / 4) + 5 * 10) / 1e6, 1e-9);
    EXPECT_LT(charged_[i].value(), most_[i].value());
  }
  EXPECT_NEAR(agent_->use()->cost.usd.value(), *charged_[0] + *charged_[1], 1e-12);
}

TEST_F(ApiAgentTest, WhatWasRefusedOrNeverSentIsFreeAndWhatWasCutIsUnknown) {
  who_.price = kPrice;
  Answer unreachable;
  unreachable.status = 0;
  unreachable.error = Error{base::Fault::world, "send", "it", "nobody is there", {}};
  unreachable.was_sent = false;
  Answer lost = unreachable;
  lost.was_sent = true;
  Answer cut = turn("half", {});
  cut.body.resize(cut.body.size() / 2);
  answers_ = {refused(529, "overloaded_error"),   unreachable, lost,
              turn("", {call("list_files", {})}), cut,         turn("", {finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  ASSERT_EQ(charged_.size(), 6U);
  EXPECT_EQ(charged_[0], 0);
  EXPECT_EQ(charged_[1], 0);
  EXPECT_EQ(charged_[2], std::nullopt);
  EXPECT_GT(charged_[3].value(), 0);
  EXPECT_EQ(charged_[4], std::nullopt);
  EXPECT_EQ(agent_->use()->cost.usd, std::nullopt);
}

TEST_F(ApiAgentTest, KeepsToWhatItsModelCanHoldAndWrite) {
  who_.context = 20'000;
  who_.max_output = 4'000;
  counts_ = true;
  repeat_ = true;
  answers_ = {turn("", {call("search", {{"pattern", "two"}, {"path", std::string(20'000, 'x')}})})};
  who_.turns = 10;
  run();
  EXPECT_EQ(requests_[0]["max_tokens"], 4'000);
  for (const net::HttpRequest& request : sent_)
    EXPECT_LT(request.body.size(), 20'000U * 4);
}

}  // namespace
}  // namespace fleet::agents
