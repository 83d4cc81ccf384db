#include "forge/github_summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "forge/github_author.h"
#include "forge/marker.h"

namespace fleet::forge {
namespace {

std::string path_of_comment(const Ci& ci, const model::Json& comment) {
  return fmt::format("/repos/{}/issues/comments/{}", ci.repository, number_at(comment, "id"));
}

}  // namespace

std::string summary_marker(const Ci& ci, std::string_view key) {
  return hidden_marker("summary", ci, key);
}

Result<Posted> post_summary(RestClient& github, const Ci& ci, std::string_view marker,
                            const std::string& body) {
  FLEET_ASSERT(ci.pull_request.has_value(), "a comment has its pull request");
  const std::string comments =
      fmt::format("/repos/{}/issues/{}/comments", ci.repository, ci.pull_request->number);
  bool is_whole = false;
  FLEET_TRY(std::vector<model::Json> found,
            github.list(comments + "?per_page=100", kRightToComment, is_whole));
  std::erase_if(found, [&](const model::Json& comment) { return !begins_with(comment, marker); });
  if (!found.empty()) {
    FLEET_TRY(const std::string us, who_we_are(github));
    std::erase_if(found, [&](const model::Json& comment) {
      return !comment.contains("user") || author_of(comment["user"]) != us;
    });
  }
  if (found.empty()) {
    if (!is_whole) {
      return base::fail_world("find our comment on the pull request", {},
                              "it has more comments than are looked through", {});
    }
    FLEET_CHECK(github.send("POST", comments, {{"body", body}}, kRightToComment));
    return Posted::created;
  }
  // GitHub lists the oldest first. One more than one is what a race has left.
  for (std::size_t i = 1; i < found.size(); ++i)
    FLEET_CHECK(github.send("DELETE", path_of_comment(ci, found[i]), nullptr, kRightToComment));
  if (string_at(found.front(), "body") == body) return Posted::unchanged;
  FLEET_CHECK(github.send("PATCH", path_of_comment(ci, found.front()), {{"body", body}}, kRightToComment));
  return Posted::updated;
}

}  // namespace fleet::forge
