#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// GitHub's runner obeys commands that it finds in a job's log: `::error file=a.c::text` at the start of a
// line after blanks, and the older `##[error]text` anywhere in one (docs.github.com, "Workflow commands").
// The agent of Azure Pipelines obeys `##[error]text` and `##vso[task.setvariable ...]text`.
namespace fleet::text {

// Untrusted text in which the runner finds no command any more: a space is put into `::`, `##[` and `##vso[`.
// Needs whole lines; text without commands comes back as it is.
[[nodiscard]] std::string defuse_commands(std::string_view text);

// `::name key=value,...::data`, escaped, without a newline.
[[nodiscard]] std::string workflow_command(std::string_view name,
                                           const std::vector<std::pair<std::string, std::string>>& properties,
                                           std::string_view data);

}  // namespace fleet::text
