#include "forge/gitlab_note.h"

#include <fmt/format.h>

#include <vector>

#include "base/assert.h"
#include "forge/marker.h"

namespace fleet::forge {

Result<std::int64_t> id_of_ours(RestClient& gitlab) {
  FLEET_TRY(const model::Json us, gitlab.send("GET", "/user", nullptr, kTokenScope));
  const std::int64_t id = number_at(us, "id");
  if (id == 0) return base::fail_world("ask GitLab who we are", {}, "its answer names nobody");
  return id;
}

Result<Posted> post_note(RestClient& gitlab, const Ci& ci, std::string_view marker, const std::string& body) {
  FLEET_ASSERT(ci.pull_request.has_value(), "a note has its merge request");
  const std::string notes =
      fmt::format("/projects/{}/merge_requests/{}/notes", ci.project, ci.pull_request->number);
  bool is_whole = false;
  FLEET_TRY(std::vector<model::Json> found,
            gitlab.list(notes + "?sort=asc&order_by=created_at&per_page=100", kTokenScope, is_whole));
  std::erase_if(found, [&](const model::Json& note) { return !begins_with(note, marker); });
  if (!found.empty()) {
    FLEET_TRY(const std::int64_t id, id_of_ours(gitlab));
    std::erase_if(found,
                  [&](const model::Json& note) { return number_at(part_of(note, "author"), "id") != id; });
  }
  if (found.empty()) {
    if (!is_whole) {
      return base::fail_world("find our note on the merge request", {},
                              "it has more notes than are looked through");
    }
    FLEET_CHECK(gitlab.send("POST", notes, {{"body", body}}, kTokenScope));
    return Posted::created;
  }
  const auto path_of = [&](const model::Json& note) {
    return fmt::format("{}/{}", notes, number_at(note, "id"));
  };
  // The oldest first. One more than one is what a race has left.
  for (std::size_t i = 1; i < found.size(); ++i)
    FLEET_CHECK(gitlab.send("DELETE", path_of(found[i]), nullptr, kTokenScope));
  if (string_at(found.front(), "body") == body) return Posted::unchanged;
  FLEET_CHECK(gitlab.send("PUT", path_of(found.front()), {{"body", body}}, kTokenScope));
  return Posted::updated;
}

}  // namespace fleet::forge
