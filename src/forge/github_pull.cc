#include "forge/github_pull.h"

#include <fmt/format.h>

#include <algorithm>

#include "forge/github_author.h"
#include "forge/marker.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::forge {
namespace {

constexpr std::string_view kBranches = "refs/heads/";
constexpr std::size_t kLongestTitle = 256;  // characters

// What stands above the text, and what a later run finds it by.
std::string head_of_body(const Ci& ci, std::string_view key, ObjectId tip) {
  return fmt::format("{}\n<!-- fleet:tip {} -->\n", hidden_marker("pull-request", ci, key), tip.hex());
}

// As GitHub's servers take a branch in an address.
std::string in_query(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain =
        text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '-' || c == '.' || c == '_' || c == '/';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

OpenPull read_pull(const model::Json& json, const Ci& ci) {
  OpenPull pull;
  pull.number = static_cast<std::uint64_t>(std::max<std::int64_t>(number_at(json, "number"), 0));
  pull.url = fmt::format("{}/{}/pull/{}", ci.server_url, ci.repository, pull.number);
  pull.branch = string_at(part_of(json, "head"), "ref");
  pull.tip = ObjectId::parse(string_at(part_of(json, "head"), "sha")).value_or(ObjectId{});
  return pull;
}

std::string pulls_of(const Ci& ci) {
  return fmt::format("/repos/{}/pulls", ci.repository);
}

}  // namespace

Result<std::string> branch_to_change(const Ci& ci) {
  const std::string tried = "find the branch that a pull request of the result would be for";
  if (ci.forge != Forge::github) {
    return base::fail_input(tried, {}, "this is no job of GitHub Actions",
                            "use `deliver: branch` or `patch` elsewhere");
  }
  if (ci.pull_request) {
    if (ci.pull_request->head_branch.empty())
      return base::fail_input(tried, {}, "the event does not name the pull request's branch");
    return ci.pull_request->head_branch;
  }
  if (ci.ref.starts_with(kBranches)) return ci.ref.substr(kBranches.size());
  return base::fail_input(tried, ci.ref, "the job is for no branch",
                          "use `deliver: branch` or `patch` there");
}

Result<std::optional<OpenPull>> find_pull(RestClient& github, const Ci& ci, std::string_view key,
                                          const std::string& base) {
  bool is_whole = false;
  FLEET_TRY(const std::vector<model::Json> open,
            github.list(fmt::format("{}?state=open&base={}&per_page=100", pulls_of(ci), in_query(base)),
                        kRightToComment, is_whole));
  std::string us;
  for (const model::Json& json : open) {
    const OpenPull pull = read_pull(json, ci);
    // With it, nobody has written to the branch since.
    const bool is_as_left = string_at(json, "body").starts_with(head_of_body(ci, key, pull.tip));
    const std::string repository = string_at(part_of(part_of(json, "head"), "repo"), "full_name");
    if (!is_as_left || pull.number == 0 || pull.branch.empty() || pull.tip.is_none() ||
        !text::equal_ignoring_case(repository, ci.repository))
      continue;
    if (us.empty()) {
      FLEET_TRY(us, who_we_are(github));
    }
    if (author_of(part_of(json, "user")) == us) return pull;
  }
  return std::nullopt;
}

Result<std::optional<std::uint64_t>> find_pull_of(RestClient& github, const Ci& ci, const EarlierRun& run) {
  if (run.head.is_none() || run.branch.empty() || run.repository.empty())
    return base::fail_world("find the pull request of the earlier run", {},
                            "the event does not tell its commit");
  bool is_whole = false;
  const std::string owner = run.repository.substr(0, run.repository.find('/'));
  FLEET_TRY(const std::vector<model::Json> open,
            github.list(fmt::format("{}?state=open&head={}:{}&per_page=100", pulls_of(ci), in_query(owner),
                                    in_query(run.branch)),
                        kRightToComment, is_whole));
  for (const model::Json& json : open) {
    const OpenPull pull = read_pull(json, ci);
    const std::string repository = string_at(part_of(part_of(json, "head"), "repo"), "full_name");
    if (pull.number != 0 && pull.tip == run.head && text::equal_ignoring_case(repository, run.repository))
      return pull.number;
  }
  return std::nullopt;
}

std::size_t room_for_body(const Ci& ci, std::string_view key) {
  return kLongestBody - head_of_body(ci, key, {}).size() - 2 * ObjectId{}.hex().size();
}

Result<OpenPull> open_pull(RestClient& github, const Ci& ci, std::string_view key, const std::string& base,
                           const std::string& branch, ObjectId tip, const PullText& text,
                           const std::optional<OpenPull>& known) {
  model::Json body = {{"title", text::truncate(text.title, kLongestTitle)},
                      {"body", head_of_body(ci, key, tip) + text.body}};
  if (known) {
    FLEET_CHECK(
        github.send("PATCH", fmt::format("{}/{}", pulls_of(ci), known->number), body, kRightToComment));
    return OpenPull{known->number, known->url, branch, tip};
  }
  body["head"] = branch;
  body["base"] = base;
  FLEET_TRY(const model::Json answer, github.send("POST", pulls_of(ci), body, kRightToComment));
  const OpenPull opened = read_pull(answer, ci);
  if (opened.number == 0)
    return base::fail_world("open a pull request", {}, "GitHub's answer has no number of it");
  return OpenPull{opened.number, opened.url, branch, tip};
}

}  // namespace fleet::forge
