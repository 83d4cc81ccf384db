#pragma once

#include <gmock/gmock.h>

#include <deque>

#include "agents/api_agent.h"
#include "git/support.h"

// A model that answers from a list, and an agent that works with it on a tree in memory.
namespace fleet::agents {

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

inline std::string event(const Json& data) {
  return "data: " + data.dump() + "\n\n";
}

inline Answer turn(const std::string& text, const std::vector<ToolCall>& calls,
                   const std::string& stop = "") {
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

inline Answer refused(int status, const std::string& type, std::vector<net::Header> more = {}) {
  Answer answer;
  answer.status = status;
  answer.headers = {{"content-type", "application/json"}};
  answer.headers.insert(answer.headers.end(), more.begin(), more.end());
  answer.body = Json{{"error", {{"type", type}, {"message", "the message"}}}}.dump();
  return answer;
}

inline ToolCall call(const std::string& name, const Json& arguments, const std::string& id = "c") {
  return {id, name, arguments.dump()};
}
inline ToolCall finish(const std::string& summary = "All is done.") {
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

}  // namespace fleet::agents
