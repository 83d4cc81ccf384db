#include "app/ci_comments.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "app/ci_output.h"
#include "base/enum_names.h"
#include "forge/github_review.h"
#include "forge/github_summary.h"
#include "forge/gitlab_discussions.h"
#include "forge/gitlab_note.h"
#include "forge/marker.h"
#include "forge/rest_client.h"
#include "git/tree.h"
#include "report/findings.h"
#include "report/findings_markdown.h"
#include "report/render.h"

namespace fleet::app {
namespace {

using model::Finding;

constexpr auto kPatience = std::chrono::seconds(120);

// The pull request on whose lines findings are said, and the commit that has those lines.
struct Lines {
  std::uint64_t number = 0;
  ObjectId head;
};

std::optional<Lines> lines_to_remark(const forge::Ci& ci, const std::optional<forge::OpenPull>& opened) {
  if (opened) return Lines{opened->number, opened->tip};
  if (!ci.pull_request || ci.pull_request->head.is_none()) return std::nullopt;
  return Lines{ci.pull_request->number, ci.pull_request->head};
}

// Findings that count, the worst first.
std::vector<std::size_t> to_tell(const model::AnalysisReport& analysis) {
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < analysis.findings.size(); ++i) {
    if (analysis.findings[i].counts()) which.push_back(i);
  }
  std::stable_sort(which.begin(), which.end(), [&](std::size_t a, std::size_t b) {
    return analysis.findings[a].severity < analysis.findings[b].severity;
  });
  return which;
}

bool is_gitlab(const forge::Ci& ci) {
  return ci.forge == forge::Forge::gitlab;
}

// Whether a file is in the one commit as it is in the other: only then are its lines the same.
class SameFiles {
 public:
  static Result<SameFiles> between(const git::ObjectStore& store, ObjectId one, ObjectId other) {
    FLEET_TRY(const ObjectId one_tree, store.tree_of(one));
    FLEET_TRY(const ObjectId other_tree, store.tree_of(other));
    return SameFiles(store, one_tree, other_tree);
  }
  [[nodiscard]] Result<bool> has(const std::string& path) const {
    FLEET_TRY(const auto here, git::entry_at(store_, one_, path));
    FLEET_TRY(const auto there, git::entry_at(store_, other_, path));
    return here.is_file() && here.id == there.id;
  }

 private:
  SameFiles(const git::ObjectStore& store, ObjectId one, ObjectId other)
      : store_(store), one_(one), other_(other) {}
  const git::ObjectStore& store_;
  ObjectId one_, other_;
};

// Says findings at their lines; gives back those that found no place there.
Result<std::vector<std::size_t>> remark(forge::RestClient& client, const World& world,
                                        const Checkout& checkout, const model::AnalysisReport& analysis,
                                        ObjectId result, const Lines& at, const std::string& key) {
  FLEET_TRY(const SameFiles same, SameFiles::between(checkout.repository.objects(), result, at.head));
  const auto rules = report::all_rules(analysis);
  std::vector<std::size_t> placed, left;
  std::vector<forge::Remark> remarks;
  for (const std::size_t index : to_tell(analysis)) {
    const Finding& finding = analysis.findings[index];
    FLEET_TRY(const bool is_same, same.has(finding.path));
    if (!is_same) {
      left.push_back(index);
      continue;
    }
    placed.push_back(index);
    remarks.push_back({finding.path, finding.at.line, report::to_remark(finding, &rules.at(finding.rule)),
                       finding.fingerprint});
  }
  FLEET_TRY(const forge::Reviewed reviewed,
            is_gitlab(world.ci) ? forge::post_discussions(client, world.ci, key, remarks)
                                : forge::post_remarks(client, world.ci, key, at.number, at.head, remarks));
  for (const std::size_t i : reviewed.unplaced)
    left.push_back(placed[i]);
  return left;
}

Result<> post_summary(forge::RestClient& client, const forge::Ci& ci, const model::Report& report,
                      const model::AnalysisReport* analysis, const std::vector<std::size_t>& findings,
                      const std::string& key) {
  const std::string marker = forge::summary_marker(ci, key);
  const std::string head = marker + "\n";
  const std::string end = ci.run_url.empty() ? "" : fmt::format("\n[The job that ran it]({})\n", ci.run_url);
  const std::size_t room = forge::kLongestBody - head.size() - end.size();
  const std::string table =
      analysis == nullptr ? "" : report::to_table(analysis->findings, findings, room / 2);
  const std::string body = head + report::to_markdown(report, room - table.size()) + table + end;
  FLEET_CHECK((is_gitlab(ci) ? forge::post_note : forge::post_summary)(client, ci, marker, body));
  return {};
}

forge::Service service_of(const forge::Ci& ci) {
  return is_gitlab(ci) ? forge::gitlab(ci) : forge::github(ci);
}

// Why nothing can be said there.
std::optional<Error> obstacle(const forge::Ci& ci) {
  const auto error = [](std::string why, std::string hint) {
    return Error{base::Fault::world, "comment on the pull request", {}, std::move(why), std::move(hint)};
  };
  if (ci.forge != forge::Forge::github && !is_gitlab(ci))
    return error(
        fmt::format("this fleet comments on GitHub and GitLab, and not on {}", base::name_of(ci.forge)), {});
  if (ci.token.empty()) {
    return error("there is no token",
                 is_gitlab(ci)
                     ? "give the job a variable GITLAB_TOKEN: a token of the project's with the scope "
                       "`api` (a job's own can only read)"
                     : "give the action its input `github-token`, or set GITHUB_TOKEN");
  }
  if (is_gitlab(ci) && ci.project.empty()) return error("CI_MERGE_REQUEST_PROJECT_ID is not set", {});
  return std::nullopt;
}

}  // namespace

void comment_in_ci(const World& world, const Checkout& checkout, const model::Plan& plan,
                   const model::Report& report, const model::AnalysisReport* analysis,
                   const std::optional<forge::OpenPull>& opened, const std::string& key) {
  const forge::Ci& ci = world.ci;
  const bool is_inline = plan.report_comment == model::CommentStyle::inline_comments;
  // A push has nobody to tell.
  if (plan.report_comment == model::CommentStyle::off || (!ci.pull_request && !opened)) return;
  // The step's summary says the same.
  if (const auto error = obstacle(ci)) return warn(world, *error);
  const bool is_stopped = report.state == model::RunState::stopped;
  const auto http = world.make_http_client();
  forge::RestClient client(*http, service_of(ci), is_stopped ? std::chrono::seconds(1) : kPatience);
  std::vector<std::size_t> left;
  if (analysis != nullptr) left = to_tell(*analysis);
  if (const auto at = lines_to_remark(ci, opened); is_inline && at && analysis != nullptr) {
    if (auto unplaced = remark(client, world, checkout, *analysis, report.delivery.commit, *at, key))
      left = *std::move(unplaced);
    else
      warn(world, unplaced.error());
  }
  if (!ci.pull_request) return;
  if (const auto posted = post_summary(client, ci, report, analysis, left, key); !posted)
    warn(world, posted.error());
}

Result<bool> publish_in_ci(const World& world, const model::Report& report,
                           const model::AnalysisReport* analysis, const std::string& key) {
  forge::Ci ci = world.ci;
  if (const auto error = obstacle(ci)) return base::fail(*error);
  const auto http = world.make_http_client();
  forge::RestClient client(*http, service_of(ci), kPatience);
  if (ci.earlier_run) {
    // Of a fork's, the event names none; and what the reports say is the fork's word.
    ci.pull_request.reset();
    FLEET_TRY(const auto number, forge::find_pull_of(client, ci, *ci.earlier_run));
    if (number) ci.pull_request.emplace().number = *number;
  }
  if (!ci.pull_request) return false;
  std::vector<std::size_t> findings;
  if (analysis != nullptr) findings = to_tell(*analysis);
  FLEET_CHECK(post_summary(client, ci, report, analysis, findings, key));
  return true;
}

}  // namespace fleet::app
