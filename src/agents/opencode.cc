#include "agents/json_reader.h"

// opencode, as `opencode run --format json` prints its events: packages/opencode/src/cli/cmd/run.ts of
// github.com/sst/opencode.
namespace fleet::agents {
namespace {

class OpencodeReader final : public JsonReader {
 private:
  void take(const Json& line) override {
    const std::string type = text_at(line, "type");
    const Json& part = member(line, "part");
    if (report_.session.empty()) report_.session = text_at(line, "sessionID");
    if (type == "text") {
      report_.summary = text_at(part, "text");
      show(report_.summary);
    } else if (type == "tool_use") {
      const Json& state = member(part, "state");
      show_tool(text_at(part, "tool"),
                subject(member(state, "input"), {"filePath", "path", "command", "pattern"}));
      if (text_at(state, "status") == "error") show_error(text_at(state, "error"));
    } else if (type == "step_finish") {
      take_step(part);
    } else if (type == "error") {
      const Json& error = member(line, "error");
      report_.error = text_at(member(error, "data"), "message");
      if (report_.error.empty()) report_.error = text_at(error, "name");
      if (report_.error.empty()) report_.error = "it failed";
      show_error(report_.error);
    }
  }

  // There is no line for the end of all: it has ended when a step was not for the sake of tools.
  void take_step(const Json& part) {
    ++steps_;
    report_.turns = steps_;
    report_.ended = text_at(part, "reason") != "tool-calls";
    const Json& tokens = member(part, "tokens");
    const Json& cache = member(tokens, "cache");
    if (tokens.is_object()) {
      if (!report_.cost.tokens) report_.cost.tokens.emplace();
      *report_.cost.tokens +=
          model::Tokens{count_at(tokens, "input"), count_at(cache, "read"), count_at(cache, "write"),
                        count_at(tokens, "output") + count_at(tokens, "reasoning")};
    }
    // 0 is what it says of a model whose price it does not know.
    const auto usd = usd_at(part, "cost");
    if (usd && *usd > 0) report_.cost.usd = report_.cost.usd.value_or(0) + *usd;
  }

  int steps_ = 0;
};

RunProgram invoke_opencode(const CliTask& task) {
  RunProgram run;
  run.argv = {"opencode", "run", "--format", "json", "--dangerously-skip-permissions"};
  if (!task.who.model.empty()) {
    run.argv.emplace_back("-m");
    run.argv.push_back(task.who.model);
  }
  run.input = task.prompt;
  run.env = {{"OPENCODE_DISABLE_AUTOUPDATE", "1"}, {"OPENCODE_DISABLE_LSP_DOWNLOAD", "1"}};
  return run;
}

}  // namespace

const CliProgram kOpencode{"opencode",      "npm install -g opencode-ai", "",     false,
                           invoke_opencode, make_reader<OpencodeReader>,  nullptr};

}  // namespace fleet::agents
