#include "forge/ci.h"

#include <fmt/format.h>

#include <charconv>
#include <initializer_list>
#include <string_view>

#include "model/json.h"
#include "text/ascii.h"

namespace fleet::forge {
namespace {

using model::Json;

constexpr std::size_t kLongestName = 1'024;  // bytes of a branch or repository: git has no longer file names

std::string value_or_none(const Variables& variables, std::string_view name) {
  return variables(name).value_or("");
}

std::string url_of(const Variables& variables, std::string_view name, std::string_view otherwise) {
  std::string url = variables(name).value_or(std::string(otherwise));
  while (url.ends_with('/'))
    url.pop_back();
  return url.starts_with("https://") || url.starts_with("http://") ? url : std::string(otherwise);
}

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

ObjectId object_in(std::string_view text) {
  return ObjectId::parse(text).value_or(ObjectId{});
}

// The event is anybody's: each step of the way may be missing, or something else.
const Json* find_in(const Json& json, std::initializer_list<const char*> path) {
  const Json* at = &json;
  for (const char* key : path) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(key);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

std::string text_in(const Json& json, std::initializer_list<const char*> path) {
  const Json* found = find_in(json, path);
  if (found == nullptr || !found->is_string()) return {};
  const auto& text = found->get_ref<const std::string&>();
  return text.size() <= kLongestName ? text : std::string();
}

std::uint64_t positive_in(const Json& json, std::initializer_list<const char*> path) {
  const Json* found = find_in(json, path);
  return found != nullptr && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

// As the events `pull_request`, `pull_request_target` and `pull_request_review` have it.
PullRequest pull_request_in(const Json& json, const std::string& repository) {
  PullRequest pull;
  pull.number = positive_in(json, {"number"});
  pull.base_branch = text_in(json, {"base", "ref"});
  pull.head_branch = text_in(json, {"head", "ref"});
  pull.base = object_in(text_in(json, {"base", "sha"}));
  pull.head = object_in(text_in(json, {"head", "sha"}));
  pull.head_repository = text_in(json, {"head", "repo", "full_name"});
  pull.is_fork = !text::equal_ignoring_case(pull.head_repository, repository);
  return pull;
}

// As the events `workflow_run` and `check_suite` list them: of pull requests from forks there are none.
std::optional<PullRequest> first_listed(const Json& event, const char* what, const std::string& repository) {
  const Json* list = find_in(event, {what, "pull_requests"});
  if (list == nullptr || !list->is_array() || list->empty()) return std::nullopt;
  PullRequest pull = pull_request_in(list->front(), repository);
  pull.head_repository = text_in(event, {what, "head_repository", "full_name"});
  if (pull.head_repository.empty()) pull.head_repository = repository;
  pull.is_fork = !text::equal_ignoring_case(pull.head_repository, repository);
  return pull;
}

void read_event(const Json& event, Ci& ci) {
  if (const Json* pull = find_in(event, {"pull_request"}); pull != nullptr && pull->is_object()) {
    ci.pull_request = pull_request_in(*pull, ci.repository);
    ci.has_rights_beyond_author =
        // Under `pull_request` and reviews, GitHub gives a fork no secrets and a token that only reads.
        ci.pull_request->is_fork && ci.event != "pull_request" &&
        !ci.event.starts_with("pull_request_review");
  } else if (find_in(event, {"issue", "pull_request"}) != nullptr) {
    ci.pull_request.emplace().number = positive_in(event, {"issue", "number"});
    ci.pull_request->is_fork = true;  // whose code it is, a comment does not tell
    ci.has_rights_beyond_author = true;
  } else if (ci.event == "workflow_run") {
    ci.pull_request = first_listed(event, "workflow_run", ci.repository);
    const std::string from = text_in(event, {"workflow_run", "head_repository", "full_name"});
    ci.has_rights_beyond_author = !text::equal_ignoring_case(from, ci.repository);
    ci.earlier_run = {from, text_in(event, {"workflow_run", "head_branch"}),
                      object_in(text_in(event, {"workflow_run", "head_sha"}))};
  } else {
    for (const char* what : {"check_suite", "check_run"}) {
      if (!ci.pull_request) ci.pull_request = first_listed(event, what, ci.repository);
    }
  }
  if (ci.pull_request && ci.pull_request->number == 0) {
    ci.notes.emplace_back(
        "the event speaks of a pull request and has no number of it: there is none for fleet");
    ci.pull_request.reset();
  }
}

void read_event_file(const std::string& path, const ReadFile& read_file, Ci& ci) {
  // Whose code it is, nobody can tell then.
  ci.has_rights_beyond_author =
      ci.event == "pull_request_target" || ci.event == "workflow_run" || ci.event == "issue_comment";
  const Result<std::string> text =
      path.empty()
          ? Result<std::string>(base::fail_input("read the event", {}, "GITHUB_EVENT_PATH is not set"))
          : read_file(path, kMostEventBytes);
  if (!text) {
    ci.notes.push_back(text.error().line());
    return;
  }
  const Result<Json> event = model::parse_json(*text, "the event " + path, kMostEventBytes);
  if (!event || !event->is_object()) {
    ci.notes.push_back(fmt::format("cannot read the event {}: it is no JSON object", path));
    return;
  }
  ci.has_rights_beyond_author = false;
  read_event(*event, ci);
}

Ci detect_github(const Variables& variables, const ReadFile& read_file) {
  Ci ci;
  ci.forge = Forge::github;
  ci.server_url = url_of(variables, "GITHUB_SERVER_URL", "https://github.com");
  ci.api_url = url_of(variables, "GITHUB_API_URL", "https://api.github.com");
  ci.graphql_url = url_of(variables, "GITHUB_GRAPHQL_URL", "https://api.github.com/graphql");
  ci.repository = value_or_none(variables, "GITHUB_REPOSITORY");
  ci.workflow = value_or_none(variables, "GITHUB_WORKFLOW");
  ci.job = value_or_none(variables, "GITHUB_JOB");
  ci.event = value_or_none(variables, "GITHUB_EVENT_NAME");
  ci.actor = value_or_none(variables, "GITHUB_ACTOR");
  ci.ref = value_or_none(variables, "GITHUB_REF");
  ci.workspace = value_or_none(variables, "GITHUB_WORKSPACE");
  ci.output_file = value_or_none(variables, "GITHUB_OUTPUT");
  ci.summary_file = value_or_none(variables, "GITHUB_STEP_SUMMARY");
  ci.token = value_or_none(variables, "GITHUB_TOKEN");
  if (const auto run = variables("GITHUB_RUN_ID"))
    ci.run_url = fmt::format("{}/{}/actions/runs/{}", ci.server_url, ci.repository, *run);
  read_event_file(value_or_none(variables, "GITHUB_EVENT_PATH"), read_file, ci);
  return ci;
}

Ci detect_gitlab(const Variables& variables) {
  Ci ci;
  ci.forge = Forge::gitlab;
  ci.server_url = url_of(variables, "CI_SERVER_URL", "https://gitlab.com");
  ci.api_url = url_of(variables, "CI_API_V4_URL", ci.server_url + "/api/v4");
  ci.graphql_url = url_of(variables, "CI_API_GRAPHQL_URL", ci.server_url + "/api/graphql");
  ci.repository = value_or_none(variables, "CI_PROJECT_PATH");
  ci.job = value_or_none(variables, "CI_JOB_NAME");
  ci.event = value_or_none(variables, "CI_PIPELINE_SOURCE");
  ci.actor = value_or_none(variables, "GITLAB_USER_LOGIN");
  ci.ref = value_or_none(variables, "CI_COMMIT_REF_NAME");
  ci.run_url = value_or_none(variables, "CI_JOB_URL");
  ci.workspace = value_or_none(variables, "CI_PROJECT_DIR");
  ci.token = value_or_none(variables, "GITLAB_TOKEN");  // the job's own can only read notes
  const std::uint64_t number = number_in(value_or_none(variables, "CI_MERGE_REQUEST_IID"));
  if (number == 0) return ci;
  PullRequest& pull = ci.pull_request.emplace();
  pull.number = number;
  pull.base_branch = value_or_none(variables, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
  pull.head_branch = value_or_none(variables, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME");
  pull.base = object_in(value_or_none(variables, "CI_MERGE_REQUEST_DIFF_BASE_SHA"));
  // Of a pipeline for the merged result, CI_COMMIT_SHA is a merge commit and this is set.
  pull.head = object_in(value_or_none(variables, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"));
  if (pull.head.is_none()) pull.head = object_in(value_or_none(variables, "CI_COMMIT_SHA"));
  pull.head_repository = value_or_none(variables, "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH");
  const std::string target = value_or_none(variables, "CI_MERGE_REQUEST_PROJECT_PATH");
  // It becomes part of an address.
  if (const std::uint64_t id = number_in(value_or_none(variables, "CI_MERGE_REQUEST_PROJECT_ID")); id != 0)
    ci.project = std::to_string(id);
  pull.is_fork = pull.head_repository != target;
  // A fork's pipeline runs in the fork, unless a member of this project runs it here.
  ci.has_rights_beyond_author = pull.is_fork && ci.repository == target;
  return ci;
}

// The branch where a job of Jenkins (plugin "Branch API") or Azure builds a pull request.
std::optional<PullRequest> pull_request_of(const Variables& variables, std::string_view number,
                                           std::string_view base, std::string_view head) {
  PullRequest pull;
  pull.number = number_in(value_or_none(variables, number));
  if (pull.number == 0) return std::nullopt;
  pull.base_branch = value_or_none(variables, base);
  pull.head_branch = value_or_none(variables, head);
  for (std::string* branch : {&pull.base_branch, &pull.head_branch}) {
    if (branch->starts_with("refs/heads/")) branch->erase(0, std::string_view("refs/heads/").size());
  }
  return pull;
}

Ci detect_jenkins(const Variables& variables) {
  Ci ci;
  ci.forge = Forge::jenkins;
  ci.job = value_or_none(variables, "JOB_NAME");
  ci.run_url = value_or_none(variables, "BUILD_URL");
  ci.workspace = value_or_none(variables, "WORKSPACE");
  ci.pull_request = pull_request_of(variables, "CHANGE_ID", "CHANGE_TARGET", "CHANGE_BRANCH");
  if (ci.pull_request) ci.pull_request->is_fork = variables("CHANGE_FORK").has_value();
  return ci;
}

Ci detect_azure(const Variables& variables) {
  Ci ci;
  ci.forge = Forge::azure;
  ci.server_url = url_of(variables, "SYSTEM_COLLECTIONURI", "https://dev.azure.com");
  ci.repository = value_or_none(variables, "BUILD_REPOSITORY_NAME");
  ci.workflow = value_or_none(variables, "BUILD_DEFINITIONNAME");
  ci.job = value_or_none(variables, "SYSTEM_JOBNAME");
  ci.event = value_or_none(variables, "BUILD_REASON");
  ci.ref = value_or_none(variables, "BUILD_SOURCEBRANCH");
  ci.workspace = value_or_none(variables, "BUILD_SOURCESDIRECTORY");
  ci.pull_request = pull_request_of(variables, "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER",
                                    "SYSTEM_PULLREQUEST_TARGETBRANCH", "SYSTEM_PULLREQUEST_SOURCEBRANCH");
  if (!ci.pull_request) {
    ci.pull_request = pull_request_of(variables, "SYSTEM_PULLREQUEST_PULLREQUESTID",
                                      "SYSTEM_PULLREQUEST_TARGETBRANCH", "SYSTEM_PULLREQUEST_SOURCEBRANCH");
  }
  if (ci.pull_request)
    ci.pull_request->is_fork =
        text::equal_ignoring_case(value_or_none(variables, "SYSTEM_PULLREQUEST_ISFORK"), "true");
  return ci;
}

bool is_true(const Variables& variables, std::string_view name) {
  return text::equal_ignoring_case(value_or_none(variables, name), "true");
}

Ci detect_forge(const Variables& variables, const ReadFile& read_file) {
  if (is_true(variables, "GITHUB_ACTIONS")) return detect_github(variables, read_file);
  if (is_true(variables, "GITLAB_CI")) return detect_gitlab(variables);
  if (is_true(variables, "TF_BUILD")) return detect_azure(variables);
  if (variables("JENKINS_URL")) return detect_jenkins(variables);
  return {};
}

}  // namespace

Ci detect_ci(const Variables& variables, const ReadFile& read_file) {
  Ci ci = detect_forge(variables, read_file);
  ci.trusts_fork = value_or_none(variables, "FLEET_TRUST_FORK") == "1";
  return ci;
}

Result<> check_trust(const Ci& ci) {
  if (!ci.has_rights_beyond_author || ci.trusts_fork) return {};
  return base::fail_input(
      "run tasks on",
      ci.pull_request ? fmt::format("the code of pull request {}", ci.pull_request->number) : "this code",
      fmt::format("it may be a fork's, and under `{}` the job has rights and secrets that the fork has not",
                  ci.event),
      "run on `pull_request`, and publish the report in a second workflow on `workflow_run`; where you have "
      "read "
      "the code and want this all the same, set FLEET_TRUST_FORK=1, or `trust-fork: true` of the action");
}

std::optional<Duration> longest_grace(Forge forge) {
  switch (forge) {
    case Forge::github:  // SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL (actions/runner)
      return std::chrono::seconds(3);
    case Forge::gitlab:  // SIGTERM, about 10 s
      return std::chrono::seconds(4);
    default:
      return std::nullopt;
  }
}

}  // namespace fleet::forge
