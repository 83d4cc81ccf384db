#include "agents/api_agent.h"

#include <gmock/gmock.h>

#include <deque>

#include "git/support.h"

namespace fleet::agents {
namespace {

using git::must;
using model::AgentFailure;
using model::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// An answer of Anthropic's API.
struct Answer {
  int status = 200;
  std::vector<net::Header> headers{{"content-type", "text/event-stream"}};
  std::string body;
  std::optional<Error> error;
  bool was_silent = false;
  bool was_sent = true;
};

std::string event(const Json& data) {
  return "data: " + data.dump() + "\n\n";
}

Answer turn(const std::string& text, const std::vector<ToolCall>& calls, const std::string& stop = "") {
  Answer answer;
  answer.body = event({{"type", "message_start"},
                       {"message", {{"id", "m"}, {"model", "model-1"}, {"usage", {{"input_tokens", 10}}}}}});
  int index = 0;
  const auto block = [&](const Json& start, const Json& delta) {
    answer.body += event({{"type", "content_block_start"}, {"index", index}, {"content_block", start}});
    answer.body += event({{"type", "content_block_delta"}, {"index", index++}, {"delta", delta}});
  };
  if (!text.empty()) block({{"type", "text"}, {"text", ""}}, {{"type", "text_delta"}, {"text", text}});
  for (const ToolCall& call : calls) {
    block({{"type", "tool_use"}, {"id", call.id}, {"name", call.name}, {"input", Json::object()}},
          {{"type", "input_json_delta"}, {"partial_json", call.arguments}});
  }
  const std::string why = !stop.empty() ? stop : calls.empty() ? "end_turn" : "tool_use";
  answer.body += event(
      {{"type", "message_delta"}, {"delta", {{"stop_reason", why}}}, {"usage", {{"output_tokens", 5}}}});
  answer.body += event({{"type", "message_stop"}});
  return answer;
}

Answer refused(int status, const std::string& type, std::vector<net::Header> more = {}) {
  Answer answer;
  answer.status = status;
  answer.headers = {{"content-type", "application/json"}};
  answer.headers.insert(answer.headers.end(), more.begin(), more.end());
  answer.body = Json{{"error", {{"type", type}, {"message", "the message"}}}}.dump();
  return answer;
}

ToolCall call(const std::string& name, const Json& arguments, const std::string& id = "c") {
  return {id, name, arguments.dump()};
}
ToolCall finish(const std::string& summary = "All is done.") {
  return call("finish", {{"summary", summary}}, "f");
}

// A whole attempt, with a model that answers from a list and a tree in memory.
class ApiAgentTest : public ::testing::Test {
 protected:
  ApiAgentTest() {
    task_.id = task_.spec.id = "task";
    task_.spec.work = model::Prompt{"coder", "Do it.", {}};
    task_.links.resize(1);
    who_.use = model::AgentKind::anthropic;
    who_.model = "model-0";
  }

  Finish run() {
    Assignment assignment{task_, 1, feedback_, [](std::string_view text) { return std::string(text); }};
    assignment.agent = "coder";
    assignment.who = &who_;
    assignment.key = "the-key";
    assignment.instructions = "AGENTS.md:\nUse tabs.\n";
    assignment.mask = [](std::string_view text) {
      std::string masked(text);
      if (const auto at = masked.find("the-key"); at != std::string::npos) masked.replace(at, 7, "***");
      return masked;
    };
    agent_ = must(make_agent(assignment));
    Event event = Begin{};
    for (int step = 0; step < 10'000; ++step) {
      Want want = agent_->next(event);
      if (std::holds_alternative<RequestEnded>(event)) charged_.push_back(agent_->charged());
      const Talk talk = agent_->talk();
      shown_ += talk.shown;
      raw_ += talk.raw;
      if (auto* finish = std::get_if<Finish>(&want)) return *finish;
      event = answer(want);
    }
    ADD_FAILURE() << "it never ends";
    return {};
  }

  Event answer(Want& want) {
    if (auto* edit = std::get_if<EditTree>(&want)) return TreeEdited{edit->edit(editor_, stop_)};
    if (const auto* wait = std::get_if<Wait>(&want)) {
      waits_.push_back(wait->time);
      return Waited{};
    }
    if (const auto* check = std::get_if<RunCheck>(&want)) {
      ProgramEnded ended;
      ended.end.exit_status = check_status_;
      ended.output_tail = "the output of check " + std::to_string(check->index);
      return ended;
    }
    auto& send = std::get<SendRequest>(want);
    requests_.push_back(Json::parse(send.request.body));
    sent_.push_back(send.request);
    most_.push_back(send.most);
    if (answers_.empty()) {
      ADD_FAILURE() << "it asks once more: " << send.request.body;
      return RequestEnded{};
    }
    const Answer answer = answers_.size() == 1 && repeat_ ? answers_.front() : take_first();
    RequestEnded ended;
    if (answer.status != 0) {
      ended.end.head = net::HttpHead{answer.status, answer.headers};
      send.reader->begin(*ended.end.head);
      std::string body = answer.body;
      const std::string told = "\"input_tokens\":10";
      if (const auto at = body.find(told); counts_ && at != std::string::npos)
        body.replace(at, told.size(), "\"input_tokens\":" + std::to_string(send.request.body.size() / 4));
      EXPECT_TRUE(send.reader->feed(body));
    }
    ended.end.error = answer.error;
    ended.end.was_silent = answer.was_silent;
    ended.end.was_sent = answer.was_sent;
    return ended;
  }
  Answer take_first() {
    Answer first = answers_.front();
    answers_.pop_front();
    return first;
  }
  // What the model was told of the calls of its answer before this request.
  std::vector<std::string> results(std::size_t request) {
    std::vector<std::string> texts;
    for (const Json& block : requests_.at(request)["messages"].back()["content"]) {
      if (block["type"] == "tool_result") texts.push_back(block["content"].get<std::string>());
    }
    return texts;
  }

  git::TempFolder temp_;
  git::fs::path clone_ =
      git::make_clone(temp_ / "clone",
                      {{"src/a.ts", "one\ntwo\nthree\n"}, {"src/b.ts", "two\n"}, {"README.md", "read me\n"}});
  git::Repository repository_ = must(git::Repository::open(clone_));
  git::TreeEditor editor_{repository_.objects(),
                          must(repository_.objects().tree_of(must(repository_.resolve("HEAD"))))};
  std::atomic<bool> stop_ = false;
  model::PlannedTask task_;
  model::SingleAgent who_;
  std::string feedback_;
  std::deque<Answer> answers_;
  bool repeat_ = false;
  bool counts_ = false;  // the provider counts a token for four bytes
  int check_status_ = 0;
  std::vector<Json> requests_;
  std::vector<net::HttpRequest> sent_;
  std::vector<std::optional<double>> most_;     // USD, of each request
  std::vector<std::optional<double>> charged_;  // and what it cost
  std::vector<Duration> waits_;
  std::unique_ptr<Agent> agent_;
  std::string shown_, raw_;
};

TEST_F(ApiAgentTest, ReadsEditsAndFinishes) {
  answers_ = {
      turn("I look first.", {call("read_file", {{"path", "src/a.ts"}}, "c1")}),
      turn("", {call("edit_file", {{"path", "src/a.ts"}, {"old_text", "two"}, {"new_text", "TWO"}}, "c2"),
                call("write_file", {{"path", "src/new.ts"}, {"text", "new\n"}}, "c3")}),
      turn("", {finish("Two files.")})};
  const Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::done);
  EXPECT_EQ(end.summary, "Two files.");
  EXPECT_EQ(must(editor_.read("src/a.ts")), "one\nTWO\nthree\n");
  EXPECT_EQ(must(editor_.read("src/new.ts")), "new\n");

  ASSERT_EQ(requests_.size(), 3U);
  EXPECT_EQ(sent_[0].url, "https://api.anthropic.com/v1/messages");
  EXPECT_THAT(requests_[0]["system"][0]["text"], HasSubstr("Use tabs."));
  EXPECT_THAT(requests_[0]["messages"][0]["content"][0]["text"], HasSubstr("Do it."));
  EXPECT_THAT(requests_[0]["messages"][0]["content"][0]["text"],
              HasSubstr("README.md\nsrc/a.ts\nsrc/b.ts\n"));
  EXPECT_THAT(results(1), ElementsAre("one\ntwo\nthree\n"));
  EXPECT_THAT(results(2), ElementsAre("Edited src/a.ts at line 2.", "Created src/new.ts (4 bytes)."));
  EXPECT_THAT(
      shown_,
      HasSubstr("I look first.\n> read_file src/a.ts\n> edit_file src/a.ts\n> write_file src/new.ts\n"));
  EXPECT_THAT(raw_, Not(HasSubstr("the-key")));
  const model::AgentUse use = *agent_->use();
  EXPECT_EQ(use.turns, 3);
  EXPECT_EQ(use.model, "model-1");
  EXPECT_EQ(use.cost.tokens, (model::Tokens{30, 0, 0, 15}));
  EXPECT_EQ(use.cost.usd, std::nullopt) << "unknown is not free";
}

TEST_F(ApiAgentTest, OneThatSaysNothingMoreHasFinished) {
  answers_ = {turn("", {call("write_file", {{"path", "x"}, {"text", "x"}})}), turn("It is there.", {})};
  const Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::done);
  EXPECT_EQ(end.summary, "It is there.");
}

TEST_F(ApiAgentTest, MayOnlyTouchWhatItsTaskMay) {
  task_.spec.reads = {{"src/**", {}}};
  task_.spec.writes = {{{"src/a.ts", {}}}};
  answers_ = {turn("", {call("read_file", {{"path", "README.md"}}), call("list_files", Json::object()),
                        call("write_file", {{"path", "src/b.ts"}, {"text", "x"}}),
                        call("delete_file", {{"path", "README.md"}}),
                        call("move_file", {{"from", "src/a.ts"}, {"to", "src/c.ts"}}),
                        call("apply_patch", {{"patch", "--- /dev/null\n+++ b/c\n@@ -0,0 +1 @@\n+x\n"}}),
                        call("search", {{"pattern", "read me"}})}),
              turn("", {finish()})};
  run();
  const auto told = results(1);
  ASSERT_EQ(told.size(), 7U);
  EXPECT_THAT(told[0], HasSubstr("this task may not read it\nhint: it may read: src/**"));
  EXPECT_EQ(told[1], "src/a.ts\nsrc/b.ts\n");
  for (const int i : {2, 3, 4, 5})
    EXPECT_THAT(told[i], HasSubstr("this task may not change it\nhint: it may change: src/a.ts"));
  EXPECT_EQ(told[6], "Found nothing.");
  EXPECT_TRUE(must(editor_.changes()).empty());
}

TEST_F(ApiAgentTest, HostileCallsAreAnswered) {
  std::string many(200'000, 'x');
  answers_ = {turn("", {call("read_file", {{"path", "../../etc/passwd"}}),
                        call("write_file", {{"path", "/etc/cron.d/x"}, {"text", "x"}}),
                        call("write_file", {{"path", ".git/hooks/pre-commit"}, {"text", "x"}}),
                        {"c", "read_file", "{\"path\": \"src/a"},
                        {"c", "read_file", "[]"},
                        {"c", "read_file", ""},
                        {"c", "read_file", R"({"path": 7})"},
                        {"c", "run_shell", R"({"command": "env"})"},
                        {"c", "", "{}"},
                        {"c", "run_check", R"({"number": 1})"},
                        call("search", {{"pattern", "((((("}, {"kind", "regex"}}),
                        call("search", {{"pattern", many}, {"kind", "regex"}}),
                        call("search", {{"pattern", "f($A)"}, {"kind", "structural"}, {"language", "cobol"}}),
                        call("edit_file", {{"path", "src/a.ts"}, {"old_text", ""}, {"new_text", "x"}}),
                        call("read_file", {{"path", std::string("src/\0a", 6)}})}),
              turn("", {finish()})};
  run();
  const auto told = results(1);
  ASSERT_EQ(told.size(), 15U);
  for (const std::string& text : told)
    EXPECT_THAT(text, ::testing::AnyOf(HasSubstr("cannot"), HasSubstr("There is no such check"))) << text;
  for (const Json& block : requests_[1]["messages"].back()["content"])
    EXPECT_EQ(block["is_error"], true);
  EXPECT_TRUE(must(editor_.changes()).empty());
}

TEST_F(ApiAgentTest, AFinishBesideAFailedCallIsNotOneYet) {
  answers_ = {turn("", {call("edit_file", {{"path", "src/a.ts"}, {"old_text", "four"}, {"new_text", "x"}}),
                        finish()}),
              turn("", {call("edit_file", {{"path", "src/a.ts"}, {"old_text", "two"}, {"new_text", "x"}}),
                        finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  EXPECT_THAT(results(1)[1], HasSubstr("Not yet"));
  EXPECT_EQ(must(editor_.read("src/a.ts")), "one\nx\nthree\n");
}

TEST_F(ApiAgentTest, AFinishThatWasCutIsNotOneYet) {
  answers_ = {turn("", {{"f", "finish", ""}}),
              turn("", {{"f", "finish", R"({"summary": "a"})"}}, "max_tokens"), turn("", {finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  EXPECT_THAT(results(1)[0], HasSubstr("`summary`: it is missing"));
  EXPECT_THAT(results(2)[0], HasSubstr("cut at its limit"));
}

TEST_F(ApiAgentTest, WhatIsBlankIsNotSentBack) {
  answers_ = {turn("\n\n", {call("list_files", Json::object())}), turn("", {finish()})};
  run();
  for (const Json& block : requests_[1]["messages"][1]["content"])
    EXPECT_NE(block["type"], "text");
}

TEST_F(ApiAgentTest, OneThatSaysThatItCannotIsBlocked) {
  answers_ = {turn(
      "", {call("finish", {{"summary", "I tried."}, {"could_not", "there is no such function, the-key"}})})};
  const Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::blocked);
  EXPECT_EQ(end.reason, "coder could not do it: there is no such function, ***");
}

TEST_F(ApiAgentTest, RunsTheChecksOfItsTask) {
  task_.spec.checks.resize(2, model::Command{std::string("true"), {}});
  check_status_ = 3;
  answers_ = {turn("", {call("run_check", {{"number", 2}}), call("run_check", {{"number", 3}})}),
              turn("", {finish()})};
  run();
  EXPECT_THAT(
      results(1),
      ElementsAre("Failed: the check ended with exit 3.\nThe end of its output:\nthe output of check 1",
                  HasSubstr("There is no such check")));
}

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
