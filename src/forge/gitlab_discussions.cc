#include "forge/gitlab_discussions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/assert.h"
#include "forge/gitlab_note.h"
#include "forge/marker.h"

namespace fleet::forge {
namespace {

using model::Json;

// A file of the diff, by its name on the newer side.
struct DiffFile {
  std::string old_path;
  ShownLines lines;
};
using Diff = std::map<std::string, DiffFile, std::less<>>;

struct Discussion {
  std::string id;
  std::int64_t note = 0;
  std::string fingerprint;
  std::string body;
  bool is_resolved = false;
};

class Discussions {
 public:
  Discussions(RestClient& gitlab, const Ci& ci, std::string_view key, const std::vector<Remark>& remarks)
      : gitlab_(gitlab),
        marker_(ci, key),
        merge_request_(fmt::format("/projects/{}/merge_requests/{}", ci.project, ci.pull_request->number)),
        head_(ci.pull_request->head),
        remarks_(remarks) {}

  Result<Reviewed> post() {
    FLEET_TRY(const Json version, newest_version());
    FLEET_TRY(const Diff diff, read_diff());
    FLEET_TRY(std::vector<Discussion> ours, discussions_of_ours());
    for (std::size_t i = 0; i < remarks_.size(); ++i) {
      const auto known = std::find_if(ours.begin(), ours.end(), [&](const Discussion& one) {
        return one.fingerprint == remarks_[i].fingerprint;
      });
      if (known != ours.end()) {
        FLEET_CHECK(keep(*known, remarks_[i]));
        ours.erase(known);
      } else {
        FLEET_CHECK(place(version, diff, i));
      }
    }
    for (const Discussion& one : ours) {
      if (one.is_resolved) continue;
      FLEET_CHECK(resolve(one, true));
      ++end_.removed;
    }
    return std::move(end_);
  }

 private:
  // GitLab lists the newest first.
  Result<Json> newest_version() {
    bool is_whole = false;
    FLEET_TRY(const std::vector<Json> versions,
              gitlab_.list(merge_request_ + "/versions?per_page=1", kTokenScope, is_whole, 1));
    if (versions.empty())
      return base::fail_world("remark on the merge request", {}, "GitLab has no version of its diff yet");
    const std::string head = string_at(versions.front(), "head_commit_sha");
    if (head == head_.hex()) return versions.front();
    return base::fail_world("remark on the merge request", {},
                            "it has newer commits, whose own pipeline will do it");
  }

  Result<Diff> read_diff() {
    bool is_whole = false;
    FLEET_TRY(const std::vector<Json> files,
              gitlab_.list(merge_request_ + "/diffs?per_page=100", kTokenScope, is_whole));
    Diff diff;
    for (const Json& file : files)
      diff[string_at(file, "new_path")] = {string_at(file, "old_path"),
                                           lines_in_patch(string_at(file, "diff"))};
    return diff;
  }

  Result<std::vector<Discussion>> discussions_of_ours() {
    bool is_whole = false;
    FLEET_TRY(const std::vector<Json> all,
              gitlab_.list(merge_request_ + "/discussions?per_page=100", kTokenScope, is_whole));
    std::int64_t us = 0;
    std::vector<Discussion> ours;
    for (const Json& json : all) {
      const Json& notes = part_of(json, "notes");
      if (!notes.is_array() || notes.empty()) continue;
      const Json& first = notes.front();
      const std::string body = string_at(first, "body");
      if (!marker_.is_in(body)) continue;
      if (us == 0) {
        FLEET_TRY(us, id_of_ours(gitlab_));
      }
      if (number_at(part_of(first, "author"), "id") != us) continue;
      const Json& resolved = part_of(first, "resolved");
      ours.push_back({string_at(json, "id"), number_at(first, "id"), marker_.fingerprint_in(body), body,
                      resolved.is_boolean() && resolved.get<bool>()});
    }
    return ours;
  }

  std::string path_of(const Discussion& one) const {
    // It becomes part of an address, and is a server's word.
    std::string id;
    std::copy_if(one.id.begin(), one.id.end(), std::back_inserter(id),
                 [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
    return fmt::format("{}/discussions/{}", merge_request_, id);
  }
  Result<> resolve(const Discussion& one, bool is_resolved) {
    FLEET_CHECK(gitlab_.send("PUT", path_of(one), {{"resolved", is_resolved}}, kTokenScope));
    return {};
  }

  Result<> keep(const Discussion& one, const Remark& remark) {
    ++end_.kept;
    if (one.is_resolved) FLEET_CHECK(resolve(one, false));
    const std::string body = marker_.body_of(remark);
    if (one.body != body) {
      FLEET_CHECK(gitlab_.send("PUT", fmt::format("{}/notes/{}", path_of(one), one.note), {{"body", body}},
                               kTokenScope));
    }
    return {};
  }

  Result<> place(const Json& version, const Diff& diff, std::size_t index) {
    const Remark& remark = remarks_[index];
    const auto file = diff.find(remark.path);
    const auto line =
        file == diff.end() ? ShownLines::const_iterator() : file->second.lines.find(remark.line);
    if (end_.posted == kMostNewRemarks || file == diff.end() || line == file->second.lines.end()) {
      end_.unplaced.push_back(index);
      return {};
    }
    Json position = {{"position_type", "text"},
                     {"base_sha", string_at(version, "base_commit_sha")},
                     {"start_sha", string_at(version, "start_commit_sha")},
                     {"head_sha", string_at(version, "head_commit_sha")},
                     {"old_path", file->second.old_path},
                     {"new_path", remark.path},
                     {"new_line", remark.line}};
    if (line->second) position["old_line"] = *line->second;
    const auto posted =
        gitlab_.send("POST", merge_request_ + "/discussions",
                     {{"body", marker_.body_of(remark)}, {"position", std::move(position)}}, kTokenScope);
    if (posted) {
      ++end_.posted;
      return {};
    }
    // A right that is missing, or a limit: no other line would be taken either.
    if (!posted.error().hint.empty()) return base::fail(posted.error());
    end_.unplaced.push_back(index);
    return {};
  }

  RestClient& gitlab_;
  RemarkMarker marker_;
  std::string merge_request_;
  ObjectId head_;
  const std::vector<Remark>& remarks_;
  Reviewed end_;
};

}  // namespace

Result<Reviewed> post_discussions(RestClient& gitlab, const Ci& ci, std::string_view key,
                                  const std::vector<Remark>& remarks) {
  FLEET_ASSERT(ci.pull_request.has_value(), "a remark has its merge request");
  return Discussions(gitlab, ci, key, remarks).post();
}

}  // namespace fleet::forge
