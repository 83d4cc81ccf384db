#include "agents/cli_agent.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/agent_failure.h"
#include "agents/agent_words.h"
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

std::string name_some(const std::vector<std::string>& names,
                      const std::function<std::string(std::string_view)>& mask) {
  constexpr std::size_t kMost = 10;
  std::string some;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i)
    some += (i == 0 ? "" : ", ") + name_of(mask(names[i]));
  if (names.size() > kMost) some += fmt::format(" and {} more", names.size() - kMost);
  return some;
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
    case AgentKind::plugin:
      return &kPlugin;
    default:
      return nullptr;
  }
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
  return std::make_unique<CliAgent>(program, std::move(run), assignment.agent, who, assignment.mask);
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

std::string CliAgent::masked(std::string_view text) const {
  return mask_ ? mask_(text) : std::string(text);
}

std::optional<model::AgentUse> CliAgent::use() const {
  model::AgentUse use;
  use.agent = agent_;
  use.model = model_;
  use.failure = failure_;
  use.retry_after = retry_after_;
  if (!reader_) return use;
  const CliReport& report = reader_->report();
  if (!report.model.empty()) use.model = name_of(masked(report.model));
  use.session = name_of(masked(report.session));
  use.turns = report.turns;
  use.cost = report.cost;
  if (!use.cost.usd && use.cost.tokens && price_) use.cost.usd = price_->usd_of_sum(*use.cost.tokens);
  return use;
}

// What kind of failure it is, where it is one: by its own word; by its exit status, where that has a meaning;
// by what is known of the words.
std::optional<AgentFailure> CliAgent::failure_of(const ProgramEnded& ended, std::string_view words) const {
  if (reader_->report().failure) return reader_->report().failure;
  if (program_.failure_of_exit && ended.end.exit_status) {
    if (const auto failure = program_.failure_of_exit(*ended.end.exit_status)) return failure;
  }
  return failure_of_text(words);
}

Finish CliAgent::finish(const ProgramEnded& ended) {
  constexpr int kNotFound = 127;
  const CliReport& report = reader_->report();
  Finish finish;
  finish.summary = first_line(masked(report.summary));
  if (!report.denied.empty()) {
    failure_ = AgentFailure::denied;
    finish.notes.push_back(
        fmt::format("{} was not allowed to use {}", agent_,
                    name_some(report.denied, [this](std::string_view text) { return masked(text); })));
  }

  const auto died = describe_failure(program_.name, ended);
  std::string why;
  if (!ended.error.empty() || (ended.end.exit_status == kNotFound && !report.ended)) {
    failure_ = AgentFailure::unavailable;
    why = first_line(ended.error.empty() ? masked(reader_->remarks()) : ended.error);
    if (why.find(kNoSuchProgram) != std::string::npos)
      why = fmt::format("{} is not on PATH", run_.argv.front());
    if (why.find("Permission denied") != std::string::npos)
      why += "; where the sandbox is why, `sandbox: {read: [...]}` opens the folder that it is installed in";
    why += fmt::format("; to get it: {}", program_.install);
  } else if (!report.error.empty()) {
    failure_ = failure_of(ended, report.error);
    why = first_line(masked(report.error));
  } else if (report.ended) {
    // It has said that it is done, so what it did is looked at, however its process went after that.
    if (died || ended.was_silent) {
      finish.notes.push_back(fmt::format("{} said that it was done, and then {}", agent_,
                                         ended.was_silent ? "did not end" : *died));
    }
    return finish;
  } else if (ended.was_silent) {
    // Programs that ask again and again in silence say on stderr what for.
    failure_ = failure_of(ended, reader_->remarks()).value_or(AgentFailure::silence);
    why = fmt::format("nothing was heard of it for {}", base::format_duration(*run_.idle_limit));
  } else if (died) {
    failure_ = failure_of(ended, reader_->remarks());
    why = *died;
  } else {
    failure_ = AgentFailure::nonsense;
    why = "it stopped without a word of how it ended";
  }
  if (failure_ == AgentFailure::rate_limit || failure_ == AgentFailure::overload ||
      failure_ == AgentFailure::quota) {
    retry_after_ = report.retry_after;
    if (report.retry_at) retry_after_ = std::max(*report.retry_at - ended.at, Duration{});
  }
  finish.verdict = failure_ && !model::may_pass(*failure_) ? Verdict::blocked : Verdict::failed;
  finish.reason = failure_ ? fmt::format("{} {}: {}", agent_, describe(*failure_), why)
                           : fmt::format("{} failed: {}", agent_, why);
  // Of a failure that has nothing to do with the work, the next one has nothing to learn.
  if (!failure_ || failure_ == AgentFailure::turns || failure_ == AgentFailure::silence) {
    finish.feedback = finish.reason;
    if (!report.summary.empty()) finish.feedback += "\nIts last words:\n" + end_of(masked(report.summary));
  }
  return finish;
}

}  // namespace fleet::agents
