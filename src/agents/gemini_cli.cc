#include <fmt/format.h>

#include "agents/json_reader.h"

// Gemini CLI, as `gemini -o stream-json` prints its events: packages/core/src/output/types.ts and
// utils/exitCodes.ts of github.com/google-gemini/gemini-cli.
namespace fleet::agents {
namespace {

using model::AgentFailure;

class GeminiReader final : public JsonReader {
 private:
  void take(const Json& line) override {
    const std::string type = text_at(line, "type");
    if (type == "message" && text_at(line, "role") == "assistant") return take_words(line);
    if (is_speaking_) show_words("\n");
    is_speaking_ = false;
    if (type == "init") {
      report_.session = text_at(line, "session_id");
      report_.model = text_at(line, "model");
    } else if (type == "tool_use") {
      show_tool(text_at(line, "tool_name"),
                subject(member(line, "parameters"), {"file_path", "path", "command", "pattern"}));
    } else if (type == "tool_result" && text_at(line, "status") == "error") {
      show_error(text_at(member(line, "error"), "message"));
    } else if (type == "error") {
      const std::string message = text_at(line, "message");
      show_error(message);
      if (text_at(line, "severity") == "error") report_.error = message;
    } else if (type == "result") {
      take_result(line);
    }
  }

  // In pieces, of which the last message alone is kept.
  void take_words(const Json& line) {
    if (!is_speaking_) report_.summary.clear();
    is_speaking_ = true;
    const std::string content = text_at(line, "content");
    add_to_summary(content);
    show_words(content);
  }

  void take_result(const Json& line) {
    report_.ended = true;
    const Json& stats = member(line, "stats");
    if (stats.is_object()) {
      const std::uint64_t all = count_at(stats, "input_tokens");
      const std::uint64_t cached = std::min(all, count_at(stats, "cached"));
      // Thoughts are in the total, and in neither of the two.
      const std::uint64_t total = count_at(stats, "total_tokens");
      const std::uint64_t output = std::max(count_at(stats, "output_tokens"), total > all ? total - all : 0);
      report_.cost.tokens = model::Tokens{all - cached, cached, 0, output};
    }
    if (text_at(line, "status") == "error") {
      report_.error = text_at(member(line, "error"), "message");
      if (report_.error.empty()) report_.error = "it failed";
    } else {
      report_.error.clear();
    }
  }

  bool is_speaking_ = false;
};

std::optional<AgentFailure> failure_of_gemini_exit(int status) {
  switch (status) {
    case 41:   // FatalAuthenticationError
    case 145:  // a 401 of the API, by its last eight bits
      return AgentFailure::auth;
    case 42:  // FatalInputError
    case 52:  // FatalConfigError
      return AgentFailure::bad_request;
    case 53:  // FatalTurnLimitedError
      return AgentFailure::turns;
    case 173:  // 429
      return AgentFailure::rate_limit;
    default:
      return std::nullopt;
  }
}

RunProgram invoke_gemini(const CliTask& task) {
  RunProgram run;
  run.argv = {"gemini", "--output-format", "stream-json", "--approval-mode", "yolo"};
  if (!task.who.model.empty()) {
    run.argv.emplace_back("-m");
    run.argv.push_back(task.who.model);
  }
  run.input = task.prompt;
  run.env = {{"GEMINI_CLI_TRUST_WORKSPACE", "true"}};
  if (!task.who.url.empty()) run.env["GOOGLE_GEMINI_BASE_URL"] = task.who.url;
  Json settings = {
      {"security", {{"auth", {{"selectedType", "gemini-api-key"}}}}},
      // Of the attempts at a request: after that it is for the run to say who goes on, and when.
      {"general", {{"disableAutoUpdate", true}, {"enableAutoUpdate", false}, {"maxAttempts", 2}}},
      {"privacy", {{"usageStatisticsEnabled", false}}}};
  if (task.who.turns) settings["model"] = {{"maxSessionTurns", *task.who.turns}};
  run.home.push_back({".gemini/settings.json", settings.dump()});
  return run;
}

}  // namespace

const CliProgram kGeminiCli{"gemini",      "npm install -g @google/gemini-cli", "GEMINI_API_KEY",      true,
                            invoke_gemini, make_reader<GeminiReader>,           failure_of_gemini_exit};

}  // namespace fleet::agents
