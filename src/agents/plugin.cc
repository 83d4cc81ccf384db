#include "agents/plugin.h"

#include "agents/json_reader.h"

namespace fleet::agents {
namespace {

using model::AgentFailure;

class PluginReader final : public JsonReader {
 private:
  void take(const Json& line) override {
    if (report_.ended || !report_.error.empty()) return;  // its result is its last word
    const std::string type = text_at(line, "type");
    if (!has_greeted_) {
      has_greeted_ = true;
      if (const std::string wrong = wrong_hello(line); !wrong.empty())
        return fail(AgentFailure::nonsense, wrong);
      show(fmt::format("{} {}", text_at(line, "name"), text_at(line, "version")));
    } else if (type == "progress") {
      show(text_at(line, "text"));
    } else if (type == "result") {
      take_result(line);
    }
    // A newer plugin may say more than this fleet knows.
  }

  void take_result(const Json& line) {
    report_.model = text_at(line, "model");
    report_.session = text_at(line, "session");
    report_.turns = int_at(line, "turns");
    report_.cost.usd = usd_at(line, "cost_usd");
    if (const Json& usage = member(line, "usage"); usage.is_object()) {
      report_.cost.tokens =
          model::Tokens{count_at(usage, "input_tokens"), count_at(usage, "cached_tokens"),
                        count_at(usage, "cache_write_tokens"), count_at(usage, "output_tokens")};
    }
    const std::string status = text_at(line, "status");
    if (status == "done") {
      report_.ended = true;
      report_.summary = text_at(line, "summary");
    } else if (status == "failed") {
      report_.ended = true;
      report_.summary = text_at(line, "summary");
      report_.failure = base::from_name<AgentFailure>(text_at(line, "failure"));
      report_.error = text_at(line, "reason");
      if (report_.error.empty()) report_.error = "it gave no reason";
      constexpr double kMostSeconds = 1e6;
      if (const auto seconds = number_at(line, "retry_after"); seconds && *seconds >= 0)
        report_.retry_after = std::chrono::duration_cast<Duration>(
            std::chrono::duration<double>(std::min(*seconds, kMostSeconds)));
      show_error(report_.error);
    } else {
      fail(AgentFailure::nonsense,
           fmt::format("the `status` of its result is `{}`, neither done nor failed", status.substr(0, 40)));
    }
  }

  void fail(AgentFailure failure, const std::string& why) {
    report_.failure = failure;
    report_.error = why;
    show_error(why);
  }

  bool has_greeted_ = false;
};

RunProgram invoke_plugin(const CliTask& task) {
  RunProgram run;
  run.argv = {"plugin"};  // its `command` takes this place
  run.input = run_request({task.prompt, task.who.model, task.who.turns});
  return run;
}

}  // namespace

const CliProgram kPlugin{"plugin",      "look at the agent's `command`", "",     false,
                         invoke_plugin, make_reader<PluginReader>,       nullptr};

std::string describe_request(int protocol) {
  return Json{{"type", "describe"}, {"protocol", {protocol}}}.dump() + "\n";
}

std::string run_request(const PluginRun& run, int protocol) {
  Json request = {{"type", "run"}, {"protocol", {protocol}}, {"prompt", run.prompt}};
  if (!run.model.empty()) request["model"] = run.model;
  if (run.turns) request["turns"] = *run.turns;
  return request.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string wrong_hello(const Json& line) {
  const std::string type = text_at(line, "type");
  if (type != "hello") return fmt::format("its first line is `{}` and no `hello`", type.substr(0, 40));
  const auto protocol = int_at(line, "protocol");
  if (!protocol) return "its `hello` names no `protocol`";
  if (*protocol != kPluginProtocol)
    return fmt::format("it speaks version {} of the protocol, and this fleet version {}", *protocol,
                       kPluginProtocol);
  return {};
}

}  // namespace fleet::agents
