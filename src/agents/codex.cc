#include <fmt/format.h>

#include "agents/json_reader.h"

// Codex, as `codex exec --json` prints its events: exec_events.rs of github.com/openai/codex.
namespace fleet::agents {
namespace {

class CodexReader final : public JsonReader {
 private:
  void take(const Json& line) override {
    const std::string type = text_at(line, "type");
    if (type == "thread.started") {
      report_.session = text_at(line, "thread_id");
    } else if (type == "item.started") {
      show_start(member(line, "item"));
    } else if (type == "item.completed") {
      take_item(member(line, "item"));
    } else if (type == "turn.completed") {
      report_.ended = true;
      report_.error.clear();  // it went on after what it called an error
      take_usage(member(line, "usage"));
    } else if (type == "turn.failed") {
      report_.ended = true;
      report_.error = message_of(text_at(member(line, "error"), "message"));
    } else if (type == "error") {
      report_.error = message_of(text_at(line, "message"));
      show_error(report_.error);
    }
  }

  static std::string message_of(const std::string& text) { return text.empty() ? "it failed" : text; }

  void show_start(const Json& item) {
    if (text_at(item, "type") == "command_execution") show_tool("run", text_at(item, "command"));
  }

  void take_item(const Json& item) {
    const std::string type = text_at(item, "type");
    if (type == "agent_message") {
      report_.summary = text_at(item, "text");
      show(report_.summary);
    } else if (type == "file_change") {
      const Json& changes = member(item, "changes");
      if (!changes.is_array()) return;
      for (const Json& change : changes)
        show_tool(text_at(change, "kind"), text_at(change, "path"));
    } else if (type == "command_execution") {
      if (text_at(item, "status") == "declined") report_.denied.push_back(text_at(item, "command"));
    } else if (type == "error") {  // a warning, which ends nothing
      show_error(text_at(item, "message"));
    }
  }

  // Totals of the thread, of which this is the first and only process.
  void take_usage(const Json& usage) {
    if (!usage.is_object()) return;
    const std::uint64_t all = count_at(usage, "input_tokens");
    const std::uint64_t cached = std::min(all, count_at(usage, "cached_input_tokens"));
    const std::uint64_t written = std::min(all - cached, count_at(usage, "cache_write_input_tokens"));
    report_.cost.tokens =
        model::Tokens{all - cached - written, cached, written, count_at(usage, "output_tokens")};
  }
};

RunProgram invoke_codex(const CliTask& task) {
  RunProgram run;
  // Its own sandbox does not work inside of ours, and would only say so by commands that do nothing.
  run.argv = {"codex",
              "exec",
              "--json",
              "--skip-git-repo-check",
              "--color",
              "never",
              "--dangerously-bypass-approvals-and-sandbox"};
  const auto set = [&run](const std::string& setting) {
    run.argv.emplace_back("-c");
    run.argv.push_back(setting);
  };
  if (!task.who.model.empty()) {
    run.argv.emplace_back("-m");
    run.argv.push_back(task.who.model);
  }
  if (!task.who.url.empty()) {
    set("model_provider=\"fleet\"");
    set(
        fmt::format("model_providers.fleet={{name=\"fleet\",base_url={},wire_api=\"responses\","
                    "env_key=\"CODEX_API_KEY\",request_max_retries=2,stream_max_retries=2}}",
                    Json(task.who.url).dump()));
  }
  run.argv.emplace_back("-");  // the prompt comes from stdin
  run.input = task.prompt;
  return run;
}

}  // namespace

const CliProgram kCodex{"codex",      "npm install -g @openai/codex", "CODEX_API_KEY", true,
                        invoke_codex, make_reader<CodexReader>,       nullptr};

}  // namespace fleet::agents
