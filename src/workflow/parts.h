#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/fields.h"

// The parts of a workflow file, each read by its own file of this room.
namespace fleet::workflow {

inline constexpr int kMostParallel = 10'000;  // attempts at once, of a run or an agent

// settings.cc
void read_limits(Reader& reader, yaml::Node node, model::Limits& into);
void read_defaults(Reader& reader, yaml::Node node, model::Defaults& into);
void read_conflicts(Reader& reader, yaml::Node node, model::Workflow& into);
void read_gate(Reader& reader, yaml::Node node, model::Workflow& into);
void read_report(Reader& reader, yaml::Node node, model::ReportSpec& into);

// policies.cc: what a task and `defaults` both may have. `into` holds what the defaults say, and what the
// file says here stands above it key by key.
void read_retry(Reader& reader, yaml::Node node, std::optional<model::Retry>& into);
void read_sandbox(Reader& reader, yaml::Node node, std::optional<model::SandboxSpec>& into);
[[nodiscard]] std::map<std::string, std::string> read_environment(Reader& reader, yaml::Node node,
                                                                  Scope scope);

// names_given.cc: what the file gives names to, for the rest of it to use.
void read_requirements(Reader& reader, yaml::Node node, model::Workflow& into);
void read_inputs(Reader& reader, yaml::Node node, model::Workflow& into);

// agents.cc
void read_agents(Reader& reader, yaml::Node node, model::Workflow& into);

// tasks.cc: needs the defaults read.
void read_tasks(Reader& reader, yaml::Node node, model::Workflow& into);

// work.cc: what a task does.
[[nodiscard]] model::Command read_command(Reader& reader, yaml::Node node, std::string_view key);
[[nodiscard]] std::vector<model::Command> read_commands(Reader& reader, yaml::Node node,
                                                        std::string_view key);
// Exactly one of run, codemod, and agent with prompt. `unknown`: one of them may be there, but misspelt.
void read_work(Reader& reader, yaml::Entry task, const UnknownKeys& unknown, model::TaskSpec& into);

// references.cc: what can be told only when the whole file is read.
void check_names(Reader& reader);
void check_agent_cycles(Reader& reader);

// expressions.cc
struct Condition {
  std::string_view text;
  std::size_t offset;  // of it in the whole
};
// The expression of an `if`, which may be written with or without `${{ }}`.
[[nodiscard]] Condition condition_of(std::string_view text);
void check_expressions(Reader& reader);
// env_cycles.cc: whether the values of a task's `env` can be worked out one after the other.
void check_environment_cycles(Reader& reader, yaml::Node env);
// How to give a shell command the values of its expressions: the lines to write instead.
[[nodiscard]] std::string environment_instead(std::string_view key, std::string_view shell_text);

}  // namespace fleet::workflow
