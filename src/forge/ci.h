#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/object_id.h"
#include "base/result.h"
#include "base/time.h"
#include "forge/variables.h"

// Where a run stands in CI: read once from the environment and the event's file, and asked by the rest of the
// program instead of those.
namespace fleet::forge {

enum class Forge { none, github, gitlab, jenkins, azure };

// Or a merge request, as GitLab calls it.
struct PullRequest {
  std::uint64_t number = 0;
  std::string base_branch;  // empty: not told
  std::string head_branch;  // empty: not told
  ObjectId base;            // as the event has it: later pushes to the base branch are not in it
  ObjectId head;  // the newest commit of the author's, never the merge commit of GitHub's; none: not told
  std::string head_repository;  // owner/name; empty: not told, or deleted since
  bool is_fork = false;         // also where nobody tells
};

// The run of another workflow that a job of GitHub's event `workflow_run` comes after.
struct EarlierRun {
  std::string repository;  // owner/name of its code, which may be a fork
  std::string branch;
  ObjectId head;  // its commit
};

struct Ci {
  Forge forge = Forge::none;
  std::string server_url;   // https://github.com; without a slash at the end, as the two below
  std::string api_url;      // https://api.github.com
  std::string graphql_url;  // https://api.github.com/graphql
  std::string repository;   // owner/name; on GitLab the project's path
  std::string project;      // GitLab's number of the project whose merge request it is
  std::string workflow, job;
  std::string event;  // `pull_request`, `push`, ...; on GitLab CI_PIPELINE_SOURCE
  std::string actor;
  std::string ref;  // `refs/pull/5/merge`
  std::string run_url;
  std::string workspace;    // the folder of the job
  std::string output_file;  // GITHUB_OUTPUT; empty: there is none, as with the next
  std::string summary_file;
  std::optional<PullRequest> pull_request;
  std::optional<EarlierRun> earlier_run;
  // A fork's code may be at hand, and the job has rights and secrets that the fork's author has not.
  bool has_rights_beyond_author = false;
  bool trusts_fork = false;        // somebody said that this is wanted
  std::string token;               // to write with; empty: none. A secret.
  std::vector<std::string> notes;  // what could not be read, for the log
};

inline constexpr std::size_t kMostEventBytes = std::size_t{32} << 20;  // GitHub sends no more than 25 MB
// The text of a file of at most so many bytes.
using ReadFile = std::function<Result<std::string>(const std::string& path, std::size_t max_bytes)>;

// Never fails: what is odd in the event becomes a note, and there is no pull request then.
[[nodiscard]] Ci detect_ci(const Variables& variables, const ReadFile& read_file);

// An Error for a job that must run no tasks, with the way to have both: rights, and a fork's pull requests.
[[nodiscard]] Result<> check_trust(const Ci& ci);

// The longest grace (as Settings has it) with which a stopped run has its reports on disk before the forge
// kills the job: it takes twice that, and a while. None: nobody kills soon.
[[nodiscard]] std::optional<Duration> longest_grace(Forge forge);

}  // namespace fleet::forge

namespace fleet {
FLEET_ENUM_NAMES(forge::Forge, "none", "github", "gitlab", "jenkins", "azure");
}  // namespace fleet
