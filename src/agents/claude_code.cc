#include <fmt/format.h>

#include "agents/agent_failure.h"
#include "agents/json_reader.h"

// Claude Code, as `claude -p` prints its stream: the types SDKMessage and SDKResultMessage of the npm package
// @anthropic-ai/claude-agent-sdk, version 0.1.
namespace fleet::agents {
namespace {

using model::AgentFailure;

// The words of system/api_retry and of assistant messages.
std::optional<AgentFailure> claude_failure(std::string_view word) {
  if (word == "authentication_failed") return AgentFailure::auth;
  if (word == "billing_error") return AgentFailure::quota;
  if (word == "rate_limit") return AgentFailure::rate_limit;
  if (word == "invalid_request") return AgentFailure::bad_request;
  if (word == "server_error") return AgentFailure::overload;
  return std::nullopt;
}

class ClaudeReader final : public JsonReader {
 private:
  void take(const Json& line) override {
    if (report_.ended) return;  // hooks and helpers may still speak
    const std::string type = text_at(line, "type");
    if (type == "system") {
      take_system(line);
    } else if (type == "assistant" || type == "user") {
      take_message(member(line, "message"));
    } else if (type == "rate_limit_event") {
      take_limit(member(line, "rate_limit_info"));
    } else if (type == "result") {
      take_result(line);
    }
  }

  void take_system(const Json& line) {
    const std::string subtype = text_at(line, "subtype");
    if (subtype == "init") {
      report_.session = text_at(line, "session_id");
      report_.model = text_at(line, "model");
    } else if (subtype == "api_retry") {
      const int status = int_at(line, "error_status").value_or(0);
      last_failure_ = claude_failure(text_at(line, "error"));
      if (!last_failure_) last_failure_ = failure_of_status(status);
      show(fmt::format("(asks again: {} {})", status, text_at(line, "error")));
    }
  }

  void take_message(const Json& message) {
    const Json& content = member(message, "content");
    if (!content.is_array()) return;
    for (const Json& block : content) {
      const std::string kind = text_at(block, "type");
      if (kind == "text") {
        show(text_at(block, "text"));
      } else if (kind == "tool_use") {
        show_tool(text_at(block, "name"), subject(member(block, "input"), {"file_path", "path", "command",
                                                                           "pattern", "url", "description"}));
      } else if (kind == "tool_result" && is_true_at(block, "is_error")) {
        const Json& said = member(block, "content");
        show_error(said.is_string() ? said.get<std::string>() : "the tool failed");
      }
    }
    // Kept for a run that is cut off: its result would have had the sum.
    const Json& usage = member(message, "usage");
    if (usage.is_object() && text_at(message, "id") != last_message_) {
      last_message_ = text_at(message, "id");
      so_far_ += tokens(usage);
      report_.cost.tokens = so_far_;
    }
  }

  void take_limit(const Json& info) {
    if (text_at(info, "status") != "rejected") return;
    last_failure_ = AgentFailure::rate_limit;
    for (const char* name : {"resetsAt", "resets_at"}) {
      if (const auto seconds = number_at(info, name); seconds && *seconds > 0 && *seconds < 1e11)
        report_.retry_at = TimePoint(Duration(static_cast<std::int64_t>(*seconds * 1e6)));
    }
  }

  void take_result(const Json& line) {
    report_.ended = true;
    report_.summary = text_at(line, "result");
    if (report_.session.empty()) report_.session = text_at(line, "session_id");
    report_.turns = int_at(line, "num_turns");
    report_.cost.usd = usd_at(line, "total_cost_usd");
    const Json& usage = member(line, "usage");
    if (usage.is_object()) report_.cost.tokens = tokens(usage);
    const Json& denials = member(line, "permission_denials");
    if (denials.is_array()) {
      for (const Json& denial : denials)
        report_.denied.push_back(text_at(denial, "tool_name"));
    }
    const std::string subtype = text_at(line, "subtype");
    // A success that is an error is a real combination: it could not log in, or met a limit.
    if (subtype == "success" && !is_true_at(line, "is_error")) return;
    if (subtype == "error_max_turns") {
      report_.failure = AgentFailure::turns;
    } else if (subtype == "error_max_budget_usd") {
      report_.failure = AgentFailure::quota;
    } else {
      const auto status = int_at(line, "api_error_status").value_or(0);
      report_.failure = failure_of_text(report_.summary);
      // A status says more than a text, but for 400 and 429, which stand for several things.
      if (!report_.failure || (status != 400 && status != 429 && status != 0))
        report_.failure = failure_of_status(status) ? failure_of_status(status) : report_.failure;
      if (!report_.failure) report_.failure = last_failure_;
    }
    report_.error = report_.summary;
    const Json& errors = member(line, "errors");
    if (report_.error.empty() && errors.is_array() && !errors.empty() && errors.front().is_string())
      report_.error = errors.front().get<std::string>();
    if (report_.error.empty()) report_.error = subtype;
  }

  static model::Tokens tokens(const Json& usage) {
    return {count_at(usage, "input_tokens"), count_at(usage, "cache_read_input_tokens"),
            count_at(usage, "cache_creation_input_tokens"), count_at(usage, "output_tokens")};
  }

  model::Tokens so_far_;
  std::string last_message_;
  std::optional<AgentFailure> last_failure_;
};

RunProgram invoke_claude(const CliTask& task) {
  RunProgram run;
  // The sandbox and `writes` bound what it may do, so it asks nobody; settings, hooks and servers that the
  // repository brings would be orders of a stranger.
  run.argv = {"claude",
              "-p",
              "--output-format",
              "stream-json",
              "--verbose",
              "--permission-mode",
              "bypassPermissions",
              "--setting-sources",
              "user",
              "--strict-mcp-config"};
  const auto add = [&run](const char* option, std::string value) {
    run.argv.emplace_back(option);
    run.argv.push_back(std::move(value));
  };
  if (!task.who.model.empty()) add("--model", task.who.model);
  if (task.who.turns) add("--max-turns", std::to_string(*task.who.turns));
  run.input = task.prompt;
  run.env = {{"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"},
             {"DISABLE_AUTOUPDATER", "1"},
             {"CLAUDE_CODE_MAX_RETRIES", "2"},  // then it is for the run to say who goes on, and when
             {"IS_SANDBOX", "1"}};
  if (!task.who.url.empty()) run.env["ANTHROPIC_BASE_URL"] = task.who.url;
  return run;
}

}  // namespace

const CliProgram kClaudeCode{"claude",
                             "npm install -g @anthropic-ai/claude-code",
                             "ANTHROPIC_API_KEY",
                             true,
                             invoke_claude,
                             make_reader<ClaudeReader>,
                             nullptr};

}  // namespace fleet::agents
