#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/enum_names.h"
#include "base/time.h"
#include "model/price.h"

// What a user wrote, read and validated, before any of it is planned. Plain values. Text that may hold `${{
// }}` keeps it as written; plan/ and attempt/ evaluate it when its values are known.
namespace fleet::model {

// A place in the workflow file, counted from 1; line 0 is nowhere.
struct Location {
  int line = 0;
  int column = 0;
  bool operator==(const Location&) const = default;
};

enum class Priority { critical, high, normal, low };
enum class Jitter { none, full };
enum class ConflictStrategy { fail, priority, queue, agent, adaptive };
enum class Delivery { branch, pull_request, patch, none };
// A pull request is one of the run's branch.
[[nodiscard]] constexpr bool writes_branch(Delivery delivery) {
  return delivery == Delivery::branch || delivery == Delivery::pull_request;
}
enum class FailureAnswer { retry, skip, abort };
enum class SandboxMode { required, automatic, off };
enum class Severity { error, warning, note };
enum class CommentStyle { off, sticky, inline_comments };
enum class ReportFormat { html, json, sarif, junit, markdown, code_quality };
enum class AgentKind {
  xai,
  anthropic,
  openai,
  openai_responses,
  gemini,
  mistral,
  claude_code,
  codex,
  gemini_cli,
  grok,
  opencode,
  aider,
  plugin,
};

// A string as written, and where.
struct Text {
  std::string value;
  Location at;
  bool operator==(const Text&) const = default;
};

struct Requirement {
  std::string id;  // given, or the next free REQ-nnn
  std::string text;
  Priority priority = Priority::normal;
  Location at;
};

// How long to wait before each retry: a list when `delays` is not empty (its last value repeats), else
// min(backoff * factor^(k-1), max) before the k-th, k from 1. With full jitter the wait is uniform between 0
// and that (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
struct Retry {
  int times = 0;  // after the first attempt
  std::vector<Duration> delays;
  Duration backoff = std::chrono::seconds(1);
  double factor = 2;
  Duration max = std::chrono::seconds(60);
  Jitter jitter = Jitter::none;
};

struct AskWhenFailed {
  double share = 0;  // of the planned tasks, 0 to 1
  FailureAnswer otherwise = FailureAnswer::abort;
};

struct Limits {
  std::optional<int> parallel;  // attempts at once
  std::optional<Duration> duration;
  std::optional<double> cost;  // USD
  std::optional<AskWhenFailed> ask_when_failed;
  std::optional<double> stop_when_failed;  // share, 0 to 1
  Location at;
};

// One model, program or plugin.
struct SingleAgent {
  AgentKind use = AgentKind::anthropic;
  std::string model;
  std::string key;  // the name of an environment variable, never the key
  std::string url;
  std::vector<std::string> command;
  std::vector<std::string> can;
  std::optional<int> turns;
  std::optional<Duration> idle_timeout;  // the longest silence of its program
  // Of its model. In a plan also where only a list says it; none: nobody knows.
  std::optional<std::uint64_t> context;  // tokens that it can hold, its answer included
  std::optional<int> max_output;         // tokens of an answer
  std::optional<Price> price;
};
struct FirstOf {
  std::vector<Text> agents;
};
struct ChooseFrom {
  std::vector<Text> agents;
  std::string by;  // record, learned
};
struct AgentSpec {
  std::string name;
  std::variant<SingleAgent, FirstOf, ChooseFrom> what;
  std::optional<int> parallel;  // attempts at once
  Location at;
};

// A program to run: a line for `sh -c`, or an argv that no shell sees.
struct Command {
  std::variant<std::string, std::vector<std::string>> line;
  Location at;
};

struct Codemod {
  std::string language;  // as syntax/ names it; empty with `regex`
  std::string find;
  std::string replace;
  bool regex = false;
  std::vector<std::string> paths;  // globs; empty: all files of the language
  Location at;
};

struct Prompt {
  std::string agent;
  std::string text;
  Location at;
};

struct SandboxSpec {
  SandboxMode mode = SandboxMode::automatic;
  std::vector<std::string> read;
  std::vector<std::string> write;
  bool network = true;
  std::optional<std::uint64_t> memory;     // bytes of each process
  std::optional<std::uint64_t> file_size;  // bytes of each file
  std::optional<std::uint64_t> processes;  // of the user that the programs run as
};

struct TaskSpec {
  std::string id;  // the key in the file
  std::string name;
  std::string description;
  Location at;

  std::variant<Command, Codemod, Prompt> work;
  std::vector<Command> checks;
  std::optional<Command> rollback;

  std::vector<Text> reads;                  // globs
  std::optional<std::vector<Text>> writes;  // globs; absent: anything; empty: nothing
  std::vector<Text> expect;                 // paths that must exist afterwards
  std::vector<Text> keep;                   // ignored paths handed on
  bool once = false;
  Priority priority = Priority::normal;
  std::optional<Duration> timeout;
  std::optional<Retry> retry;
  std::map<std::string, std::string> env;
  std::vector<Text> secrets;  // names of environment variables
  std::optional<SandboxSpec> sandbox;
  std::vector<std::string> outputs;
  std::vector<Text> implements;   // ids of requirements
  std::optional<Text> condition;  // `if`, without `${{ }}`
  // Each axis with its values, in the file's order. The cells are their product.
  std::vector<std::pair<std::string, std::vector<std::string>>> matrix;
};

// A task of the file. What it needs stands here by name; in a plan, the graph has it.
struct WorkflowTask : TaskSpec {
  std::vector<Text> needs;
};

// `run`, `codemod` or `agent`: the key that gives the task its work.
[[nodiscard]] inline std::string_view kind_of(const TaskSpec& task) {
  constexpr std::array<std::string_view, 3> kinds{"run", "codemod", "agent"};
  return kinds.at(task.work.index());
}

// Which licences a project may depend on. An entry is an SPDX id, in any case; one with an exception
// (`GPL-2.0 WITH Classpath-exception-2.0`), which then is meant with that alone; or the beginning of ids and
// a star: `GPL-*`.
struct LicensePolicy {
  std::vector<std::string> allow;   // empty: all that is not denied
  std::vector<std::string> deny;    // goes before `allow`, but for an exception that is allowed
  std::optional<Severity> unknown;  // where a licence is not told or not understood; absent: no finding

  [[nodiscard]] bool judges() const { return !allow.empty() || !deny.empty() || unknown; }
  bool operator==(const LicensePolicy&) const = default;
};

struct Gate {
  std::optional<Severity> new_findings;  // this bad and worse count
  int allow = 0;
  std::optional<int> complexity;
  std::optional<double> score;
  std::optional<std::string> advisories;  // a folder of OSV records, whole or from the checkout
  std::optional<LicensePolicy> licenses;
  Location at;
};

struct ReportSpec {
  CommentStyle comment = CommentStyle::off;
  std::vector<ReportFormat> formats{ReportFormat::json, ReportFormat::markdown};
  Location at;
};

struct Defaults {
  std::optional<Duration> timeout;
  std::optional<Retry> retry;
  std::optional<Priority> priority;
  std::map<std::string, std::string> env;
  std::optional<SandboxSpec> sandbox;
};

// A value that the caller of `fleet run --input NAME=VALUE` may give.
struct InputSpec {
  std::string name;
  std::string description;
  std::optional<std::string> otherwise;  // `default`
  Location at;
};

struct Workflow {
  int version = 1;
  std::string name;
  std::string path;    // as the user named it
  std::string source;  // the whole text, for diagnostics and for the frozen copy of the run
  std::vector<Requirement> requirements;
  std::vector<InputSpec> inputs;
  std::map<std::string, std::string> env;
  Limits limits;
  std::vector<AgentSpec> agents;
  Defaults defaults;
  std::vector<WorkflowTask> tasks;  // in the file's order
  ConflictStrategy conflicts = ConflictStrategy::fail;
  Location conflicts_at;
  std::optional<Gate> gate;
  Delivery deliver = Delivery::branch;
  Location deliver_at;
  ReportSpec report;
};

}  // namespace fleet::model

namespace fleet {
FLEET_ENUM_NAMES(model::Priority, "critical", "high", "normal", "low");
FLEET_ENUM_NAMES(model::Jitter, "none", "full");
FLEET_ENUM_NAMES(model::ConflictStrategy, "fail", "priority", "queue", "agent", "adaptive");
FLEET_ENUM_NAMES(model::Delivery, "branch", "pull-request", "patch", "none");
FLEET_ENUM_NAMES(model::FailureAnswer, "retry", "skip", "abort");
FLEET_ENUM_NAMES(model::SandboxMode, "required", "auto", "off");
FLEET_ENUM_NAMES(model::Severity, "error", "warning", "note");
FLEET_ENUM_NAMES(model::CommentStyle, "off", "sticky", "inline");
FLEET_ENUM_NAMES(model::ReportFormat, "html", "json", "sarif", "junit", "markdown", "code-quality");
FLEET_ENUM_NAMES(model::AgentKind, "xai", "anthropic", "openai", "openai-responses", "gemini", "mistral",
                 "claude-code", "codex", "gemini-cli", "grok", "opencode", "aider", "plugin");
}  // namespace fleet
