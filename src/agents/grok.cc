#include "agents/json_reader.h"

// Grok Build, as `grok --output-format streaming-json` prints its events: docs/user-guide/14-headless-mode.md
// of github.com/xai-org/grok-build.
namespace fleet::agents {
namespace {

class GrokReader final : public JsonReader {
 private:
  void take(const Json& line) override {
    const std::string type = text_at(line, "type");
    if (type == "text") {
      const std::string words = text_at(line, "data");
      if (!is_speaking_) report_.summary.clear();
      is_speaking_ = true;
      add_to_summary(words);
      return show_words(words);
    }
    if (is_speaking_) show("");
    is_speaking_ = false;
    if (type == "tool_call") {
      const Json& call = line.contains("data") ? line["data"] : line;
      show_tool(subject(call, {"title", "name", "kind"}), "");
    } else if (type == "max_turns_reached") {
      report_.failure = model::AgentFailure::turns;
      report_.error = "it reached its most turns";
    } else if (type == "end") {
      take_end(line);
    } else if (type == "error") {
      report_.ended = true;
      report_.error = text_at(line, "message");
      if (report_.error.empty()) report_.error = "it failed";
      show_error(report_.error);
    }
  }

  void take_end(const Json& line) {
    report_.ended = true;
    report_.session = text_at(line, "sessionId");
    report_.turns = int_at(line, "num_turns");
    const std::string reason = text_at(line, "stopReason");
    if (reason == "refusal" || reason == "Refusal") {
      report_.failure = model::AgentFailure::refusal;
      report_.error = "the model refused";
    }
    const Json& usage = member(line, "usage");
    if (!usage.is_object()) return;
    report_.cost.tokens =
        model::Tokens{count_at(usage, "input_tokens"), count_at(usage, "cache_read_input_tokens"),
                      count_at(usage, "cache_creation_input_tokens"), count_at(usage, "output_tokens")};
    // A part of the cost is no cost, and what is not there is unknown.
    const auto usd = usd_at(line, "total_cost_usd");
    if (usd && *usd > 0 && !is_true_at(line, "cost_is_partial")) report_.cost.usd = usd;
  }

  bool is_speaking_ = false;
};

RunProgram invoke_grok(const CliTask& task) {
  RunProgram run;
  // It does not read a prompt from stdin.
  run.argv = {"grok",           "--prompt-file",    "~/prompt.md",     "--output-format",
              "streaming-json", "--always-approve", "--no-auto-update"};
  if (!task.who.model.empty()) {
    run.argv.emplace_back("-m");
    run.argv.push_back(task.who.model);
  }
  if (task.who.turns) {
    run.argv.emplace_back("--max-turns");
    run.argv.push_back(std::to_string(*task.who.turns));
  }
  run.env = {{"GROK_DISABLE_AUTOUPDATER", "1"}};
  run.home.push_back({"prompt.md", task.prompt});
  return run;
}

}  // namespace

const CliProgram kGrok{
    "grok", "npm install -g @xai-official/grok", "XAI_API_KEY", false, invoke_grok, make_reader<GrokReader>,
    nullptr};

}  // namespace fleet::agents
