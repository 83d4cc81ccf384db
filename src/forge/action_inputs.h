#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "forge/variables.h"

// fleet as a GitHub action: what its inputs and outputs are called, and what the inputs mean on the command
// line. The runner hands the input `max-cost` on as the variable INPUT_MAX-COST (docs.github.com, "Metadata
// syntax for GitHub Actions"). action.yml tells the same to GitHub; a test compares the two.
namespace fleet::forge {

enum class InputUse {
  workflow,    // the file, as it stands on the command line
  folder,      // -C
  option,      // --OPTION=VALUE
  lines,       // one --OPTION=VALUE for each line that is not blank
  flag,        // --OPTION where it is true
  resume,      // the folder to go on from, by `fleet resume`
  publish,     // the folder with reports, by `fleet publish`
  token,       // ActionInputs::token
  trust_fork,  // ActionInputs::trusts_fork
};
// Which of the commands knows the option; `both`: `run` and `resume`.
enum class InputFor { all, both, run, resume, publish };

struct ActionInput {
  std::string_view name;
  InputUse use;
  InputFor command = InputFor::all;
  std::string_view option = {};  // without its dashes
};
inline constexpr auto kActionInputs = std::to_array<ActionInput>({
    {"workflow", InputUse::workflow, InputFor::run},
    {"inputs", InputUse::lines, InputFor::run, "input"},
    {"max-parallel", InputUse::option, InputFor::both, "max-parallel"},
    {"max-duration", InputUse::option, InputFor::both, "max-duration"},
    {"max-cost", InputUse::option, InputFor::both, "max-cost"},
    {"working-directory", InputUse::folder, InputFor::both},
    {"report-dir", InputUse::option, InputFor::both, "report"},
    {"formats", InputUse::option, InputFor::run, "formats"},
    {"export-to", InputUse::option, InputFor::both, "export-to"},
    {"resume-from", InputUse::resume, InputFor::resume},
    {"retry-failed", InputUse::flag, InputFor::resume, "retry-failed"},
    {"publish-from", InputUse::publish, InputFor::publish},
    {"comment-key", InputUse::option, InputFor::all, "comment-key"},
    {"github-token", InputUse::token},
    {"trust-fork", InputUse::trust_fork},
});

// In the order of action.yml.
inline constexpr auto kActionOutputs =
    std::to_array<std::string_view>({"outcome", "run", "branch", "commit", "pull-request", "tasks-done",
                                     "tasks-failed", "findings", "cost", "report"});

struct ActionInputs {
  // `run`, `resume` or `publish`, and its options. A value is part of its option's word, so that none can be
  // taken for an option.
  std::vector<std::string> words;
  std::string token;  // empty: none
  bool trusts_fork = false;
};

// An empty input is one that was not given. An Error names the input that makes no sense.
[[nodiscard]] Result<ActionInputs> read_action_inputs(const Variables& variables);

}  // namespace fleet::forge
