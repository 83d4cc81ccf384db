#include "agents/cli_agent.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "agents/agent_failure.h"
#include "agents/agent_key.h"
#include "agents/command_agent.h"
#include "agents/prompt.h"
#include "base/assert.h"
#include "text/utf8.h"

namespace fleet::agents {
namespace {

using model::AgentFailure;
using model::AgentKind;
using model::Verdict;

constexpr std::string_view kNoSuchProgram = "there is no such program";  // as os/ says it
constexpr Duration kDefaultIdleTimeout = std::chrono::minutes(5);

// The first line that says something, for where there is room for one.
std::string first_line(std::string_view text) {
  constexpr std::size_t kMost = 300;  // columns
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  return text::truncate(text::to_valid_utf8(text.substr(0, text.find_first_of("\r\n"))), kMost);
}

std::string_view describe(AgentFailure failure) {
  switch (failure) {
    case AgentFailure::rate_limit:
      return "was asked for too much at once";
    case AgentFailure::quota:
      return "has nothing left of its quota";
    case AgentFailure::overload:
      return "found its provider overloaded";
    case AgentFailure::auth:
      return "was not let in";
    case AgentFailure::bad_request:
      return "was refused by its provider";
    case AgentFailure::context_too_long:
      return "cannot hold that much at once";
    case AgentFailure::refusal:
      return "will not do it";
    case AgentFailure::network:
      return "lost its connection";
    case AgentFailure::silence:
      return "was silent for too long";
    case AgentFailure::nonsense:
      return "cannot be understood";
    case AgentFailure::turns:
      return "used up its turns";
    case AgentFailure::denied:
      return "was not allowed to use a tool";
    case AgentFailure::unavailable:
      return "cannot be run";
  }
  return "failed";
}

}  // namespace

const CliProgram* cli_program(AgentKind kind) {
  switch (kind) {
    case AgentKind::claude_code:
      return &kClaudeCode;
    case AgentKind::codex:
      return &kCodex;
    case AgentKind::gemini_cli:
      return &kGeminiCli;
    case AgentKind::grok:
      return &kGrok;
    case AgentKind::opencode:
      return &kOpencode;
    case AgentKind::aider:
      return &kAider;
    default:
      return nullptr;
  }
}

std::string key_variable(const model::SingleAgent& agent) {
  if (!agent.key.empty()) return agent.key;
  const CliProgram* program = cli_program(agent.use);
  return std::string(program ? program->key_variable : std::string_view());
}

Result<std::unique_ptr<Agent>> CliAgent::create(const Assignment& assignment, const CliProgram& program) {
  FLEET_ASSERT(assignment.who != nullptr, "a prompt without anybody who does it");
  const model::SingleAgent& who = *assignment.who;
  if (!who.url.empty() && !program.takes_url) {
    return base::fail_input("run", assignment.task.id,
                            fmt::format("{} cannot be told where its model is served", program.name),
                            "take `url` out of the agent");
  }
  FLEET_TRY(const std::string prompt, write_prompt(assignment));
  RunProgram run = program.invoke({prompt, who});
  if (!who.command.empty()) {  // the user's own way of starting it: another path, `npx`, a wrapper
    run.argv.erase(run.argv.begin());
    run.argv.insert(run.argv.begin(), who.command.begin(), who.command.end());
  }
  // Under the name by which the program looks for it, or, where that hangs on the model, the user's.
  const std::string variable = program.key_variable.empty() ? who.key : std::string(program.key_variable);
  if (!assignment.key.empty() && !variable.empty()) run.env[variable] = assignment.key;
  run.shown = fmt::format("{} ({})", assignment.agent, program.name);
  run.idle_limit = who.idle_timeout.value_or(kDefaultIdleTimeout);
  return std::make_unique<CliAgent>(program, std::move(run), assignment.agent, who.model);
}

Want CliAgent::next(const Event& event) {
  if (std::holds_alternative<Begin>(event)) {
    reader_ = program_.make_reader();
    run_.reader = reader_;
    return run_;
  }
  const auto* ended = std::get_if<ProgramEnded>(&event);
  FLEET_ASSERT(ended != nullptr, "a program's agent asked for nothing but its program");
  return finish(*ended);
}

std::optional<model::AgentUse> CliAgent::use() const {
  model::AgentUse use;
  use.agent = agent_;
  use.model = model_;
  use.failure = failure_;
  use.retry_after = retry_after_;
  if (!reader_) return use;
  const CliReport& report = reader_->report();
  if (!report.model.empty()) use.model = report.model;
  use.session = report.session;
  use.turns = report.turns;
  use.cost = report.cost;
  return use;
}

Finish CliAgent::finish(const ProgramEnded& ended) {
  constexpr int kNotFound = 127;
  const CliReport& report = reader_->report();
  Finish finish;
  retry_after_ = report.retry_after;
  if (report.retry_at) retry_after_ = std::max(*report.retry_at - ended.at, Duration{});
  finish.summary = first_line(report.summary);
  if (!report.denied.empty()) {
    finish.notes.push_back(
        fmt::format("{} was not allowed to use {}", agent_, fmt::join(report.denied, ", ")));
  }

  const auto exit_failure = [&]() -> std::optional<AgentFailure> {
    if (!program_.failure_of_exit || !ended.end.exit_status) return std::nullopt;
    return program_.failure_of_exit(*ended.end.exit_status);
  };
  const auto died = describe_failure(std::string(program_.name), ended);
  std::string why;
  if (!ended.error.empty() || (ended.end.exit_status == kNotFound && !report.ended)) {
    failure_ = AgentFailure::unavailable;
    why = ended.error.empty() ? first_line(ended.output_tail) : ended.error;
    if (why.find(kNoSuchProgram) != std::string::npos)
      why = fmt::format("{} is not on PATH", run_.argv.front());
    if (why.find("Permission denied") != std::string::npos)
      why += "; where the sandbox is why, `sandbox: {read: [...]}` opens the folder that it is installed in";
    why += fmt::format("; to get it: {}", program_.install);
  } else if (ended.was_silent) {
    // Programs that ask again and again in silence say on stderr what for.
    failure_ = failure_of_text(ended.output_tail).value_or(AgentFailure::silence);
    why = fmt::format("nothing was heard of it for {}", base::format_duration(*run_.idle_limit));
  } else if (!report.error.empty()) {
    why = first_line(report.error);
    failure_ = report.failure ? report.failure : exit_failure();
    if (!failure_) failure_ = failure_of_text(report.error);
  } else if (died) {
    failure_ = report.failure ? report.failure : exit_failure();
    if (!failure_ && !report.ended) failure_ = failure_of_text(ended.output_tail);
    why = *died;
  } else if (!report.ended) {
    failure_ = AgentFailure::nonsense;
    why = "it stopped without a word of how it ended";
  } else {
    return finish;
  }
  finish.verdict = failure_ && !model::may_pass(*failure_) ? Verdict::blocked : Verdict::failed;
  finish.reason = failure_ ? fmt::format("{} {}: {}", agent_, describe(*failure_), why)
                           : fmt::format("{} failed: {}", agent_, why);
  // Of a failure that has nothing to do with the work, the next one has nothing to learn.
  if (!failure_ || failure_ == AgentFailure::turns || failure_ == AgentFailure::silence) {
    finish.feedback = finish.reason;
    if (!report.summary.empty()) finish.feedback += "\nIts last words:\n" + report.summary;
  } else if (report.turns.value_or(0) > 0 || report.cost.tokens) {
    finish.feedback =
        "The one before was cut off in the middle of its work, for reasons that do not concern it.";
  }
  return finish;
}

}  // namespace fleet::agents
