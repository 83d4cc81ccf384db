#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/agent.h"
#include "agents/context_window.h"
#include "agents/conversation.h"
#include "agents/model_api.h"
#include "agents/tool_box.h"

namespace fleet::agents {

// A prompt, done by a model that is asked over its provider's protocol and given tools on a tree in memory:
//
//   look around -> ask -> (perform the calls of the answer -> ask)* -> finish
//
// What passes (a limit for a moment, an overload, a cut connection) is waited for and asked again a few
// times; all else ends the attempt, and the run says who goes on.
class ApiAgent final : public Agent {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Agent>> create(const Assignment& assignment,
                                                             const ModelApi& api);
  Want next(const Event& event) override;
  [[nodiscard]] std::optional<model::AgentUse> use() const override;
  [[nodiscard]] std::optional<double> charged() const override { return charged_; }
  [[nodiscard]] Talk talk() override { return std::exchange(talk_, {}); }

 private:
  ApiAgent(const Assignment& assignment, const ModelApi& api, ToolBox tools);
  // What the tree's worker brings back; shared, since an attempt that is stopped does not wait for it.
  struct Looked {
    std::vector<ToolResult> results;
    std::vector<std::string> paths;
  };

  Want look_around();
  Want ask();
  Want take_reply(const RequestEnded& ended);
  Want take_turn(Reply reply);
  Want perform();
  Want perform_files();
  [[nodiscard]] std::optional<RunCheck> run_check(const ToolCall& call);
  void take_check(const ProgramEnded& ended);
  Want try_again(ReplyError error);
  Want say(std::string text);
  [[nodiscard]] std::optional<Want> finish_by(const ToolCall& call);
  void answer(ToolCall call, std::string text, bool is_error);
  [[nodiscard]] Want give_up(model::AgentFailure failure, std::string_view why);
  void count(const net::HttpEnd& end, const Reply& reply);
  void show(std::string_view line);
  void show_call(const ToolCall& call);
  void record(const Json& line);
  [[nodiscard]] std::string masked(std::string_view text) const;

  const ModelApi& api_;
  const model::SingleAgent who_;
  const std::string agent_;
  const std::string key_;
  const std::function<std::string(std::string_view)> mask_;
  const std::size_t checks_;
  const bool is_in_chain_;
  const std::string seed_;  // of its waits
  ToolBox tools_;
  Conversation conversation_;
  ContextWindow window_;

  std::shared_ptr<ReplyReader> reader_;
  std::shared_ptr<Looked> looked_;
  std::deque<ToolCall> calls_;  // of the last answer, not performed yet
  std::vector<ToolResult> results_;
  std::optional<ToolCall> check_;  // that runs
  bool was_cut_ = false;           // the last answer, at its limit
  int turns_ = 0;
  int tries_ = 0;         // that failed, one after the other
  int long_answers_ = 0;  // that the provider refused for the conversation's length, one after the other
  Talk talk_;
  std::string last_words_;
  std::string answered_by_;  // model
  std::optional<model::AgentFailure> failure_;
  std::optional<Duration> retry_after_;
  model::TotalCost cost_;
  std::optional<double> charged_;  // USD: for the last request
};

}  // namespace fleet::agents
