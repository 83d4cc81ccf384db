#include "forge/github_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "forge/github_author.h"
#include "forge/marker.h"

namespace fleet::forge {
namespace {

using model::Json;

// Path -> lines of the newer side.
using Lines = std::map<std::string, ShownLines, std::less<>>;

constexpr std::string_view kGone = "_This is found no more._\n\n";

struct Comment {
  std::int64_t id = 0;
  std::string fingerprint;
  std::string body;
  bool is_outdated = false;  // its line is in the diff no more
  bool has_reply = false;    // of somebody else
};

std::string pull_path(const Ci& ci, std::uint64_t number) {
  return fmt::format("/repos/{}/pulls/{}", ci.repository, number);
}

class Review {
 public:
  Review(RestClient& github, const Ci& ci, std::string_view key, std::uint64_t number, ObjectId head,
         const std::vector<Remark>& remarks)
      : github_(github), ci_(ci), marker_(ci, key), number_(number), head_(head), remarks_(remarks) {}

  Result<Reviewed> post() {
    FLEET_TRY(const Lines lines, lines_of_diff());
    FLEET_TRY(std::vector<Comment> comments, comments_of_ours());
    std::vector<std::size_t> fresh;
    for (std::size_t i = 0; i < remarks_.size(); ++i) {
      const auto known = std::find_if(comments.begin(), comments.end(), [&](const Comment& comment) {
        return comment.fingerprint == remarks_[i].fingerprint && (!comment.is_outdated || comment.has_reply);
      });
      if (known != comments.end()) {
        if (known->body != marker_.body_of(remarks_[i]))
          FLEET_CHECK(rewrite(known->id, marker_.body_of(remarks_[i])));
        comments.erase(known);
        ++end_.kept;
      } else if (!has_place(lines, remarks_[i]) || fresh.size() == kMostNewRemarks) {
        end_.unplaced.push_back(i);
      } else {
        fresh.push_back(i);
      }
    }
    for (const Comment& comment : comments)
      FLEET_CHECK(withdraw(comment));
    FLEET_CHECK(post_together(std::move(fresh)));
    std::sort(end_.unplaced.begin(), end_.unplaced.end());
    return std::move(end_);
  }

 private:
  Result<Lines> lines_of_diff() {
    bool is_whole = false;
    FLEET_TRY(const std::vector<Json> files,
              github_.list(pull_path(ci_, number_) + "/files?per_page=100", kRightToComment, is_whole));
    Lines lines;
    for (const Json& file : files)
      lines[string_at(file, "filename")] = lines_in_patch(string_at(file, "patch"));
    return lines;
  }

  Result<std::vector<Comment>> comments_of_ours() {
    bool is_whole = false;
    FLEET_TRY(const std::vector<Json> all,
              github_.list(pull_path(ci_, number_) + "/comments?per_page=100", kRightToComment, is_whole));
    std::string us;
    std::vector<Comment> ours;
    for (const Json& json : all) {
      const std::string body = string_at(json, "body");
      if (!marker_.is_in(body)) continue;
      if (us.empty()) {
        FLEET_TRY(us, who_we_are(github_));
      }
      if (json.contains("user") && author_of(json["user"]) == us) ours.push_back(read_comment(json, body));
    }
    for (const Json& json : all) {
      const std::int64_t to = number_at(json, "in_reply_to_id");
      const auto found =
          std::find_if(ours.begin(), ours.end(), [to](const Comment& comment) { return comment.id == to; });
      if (to != 0 && found != ours.end()) found->has_reply = true;
    }
    return ours;
  }

  Comment read_comment(const Json& json, const std::string& body) const {
    Comment comment;
    comment.id = number_at(json, "id");
    comment.body = body;
    comment.is_outdated = json.contains("line") && json["line"].is_null();
    comment.fingerprint = marker_.fingerprint_in(body);
    return comment;
  }

  static bool has_place(const Lines& lines, const Remark& remark) {
    const auto file = lines.find(remark.path);
    return file != lines.end() && file->second.contains(remark.line);
  }

  std::string comment_path(std::int64_t id) const {
    return fmt::format("/repos/{}/pulls/comments/{}", ci_.repository, id);
  }
  Result<> rewrite(std::int64_t id, const std::string& body) {
    FLEET_CHECK(github_.send("PATCH", comment_path(id), {{"body", body}}, kRightToComment));
    return {};
  }

  Result<> withdraw(const Comment& comment) {
    if (!comment.has_reply) {
      FLEET_CHECK(github_.send("DELETE", comment_path(comment.id), nullptr, kRightToComment));
      ++end_.removed;
      return {};
    }
    const std::string head = marker_.head(comment.fingerprint);
    if (comment.body.starts_with(head + std::string(kGone))) return {};
    FLEET_CHECK(rewrite(comment.id, head + std::string(kGone) +
                                        comment.body.substr(std::min(head.size(), comment.body.size()))));
    ++end_.removed;
    return {};
  }

  Json place_of(const Remark& remark) const {
    return {
        {"path", remark.path}, {"line", remark.line}, {"side", "RIGHT"}, {"body", marker_.body_of(remark)}};
  }

  // As one review, which is one mail. A single line that GitHub does not take makes it refuse the whole: the
  // branch may have moved since the diff was read.
  Result<> post_together(std::vector<std::size_t> fresh) {
    if (fresh.empty()) return {};
    if (const auto posted = post_review(fresh)) {
      end_.posted += fresh.size();
      return {};
    }
    FLEET_TRY(const Lines lines, lines_of_diff());
    const auto lost = std::stable_partition(fresh.begin(), fresh.end(),
                                            [&](std::size_t i) { return has_place(lines, remarks_[i]); });
    end_.unplaced.insert(end_.unplaced.end(), lost, fresh.end());
    fresh.erase(lost, fresh.end());
    std::optional<Error> error;
    for (const std::size_t i : fresh) {
      Json one = place_of(remarks_[i]);
      one["commit_id"] = head_.hex();
      if (auto posted = github_.send("POST", pull_path(ci_, number_) + "/comments", one, kRightToComment)) {
        ++end_.posted;
      } else {
        end_.unplaced.push_back(i);
        error = std::move(posted).error();
      }
    }
    // Where not one was taken, it is not their lines.
    if (error && end_.posted == 0) return base::fail(*std::move(error));
    return {};
  }

  Result<> post_review(const std::vector<std::size_t>& fresh) {
    Json comments = Json::array();
    for (const std::size_t i : fresh)
      comments.push_back(place_of(remarks_[i]));
    const Json review = {{"commit_id", head_.hex()},
                         {"event", "COMMENT"},
                         {"body", fmt::format("fleet: {} {} on the lines of this change.", fresh.size(),
                                              fresh.size() == 1 ? "new finding" : "new findings")},
                         {"comments", std::move(comments)}};
    FLEET_CHECK(github_.send("POST", pull_path(ci_, number_) + "/reviews", review, kRightToComment));
    return {};
  }

  RestClient& github_;
  const Ci& ci_;
  RemarkMarker marker_;
  std::uint64_t number_;
  ObjectId head_;
  const std::vector<Remark>& remarks_;
  Reviewed end_;
};

}  // namespace

Result<Reviewed> post_remarks(RestClient& github, const Ci& ci, std::string_view key, std::uint64_t number,
                              ObjectId head, const std::vector<Remark>& remarks) {
  return Review(github, ci, key, number, head, remarks).post();
}

}  // namespace fleet::forge
