#include "forge/github_summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "text/ascii.h"

namespace fleet::forge {
namespace {

constexpr std::string_view kRight = "pull-requests: write";

// As in an address: a `--` or `>` would end the comment of HTML that the marker is.
std::string marker_word(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 200)) {
    const bool is_plain = text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '.' || c == '_';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string string_at(const model::Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string()
             ? object[name].get<std::string>()
             : std::string();
}

// An app's login is `name[bot]` in one API and `name` in the other.
std::string author_of(const model::Json& user) {
  std::string login = string_at(user, "login");
  constexpr std::string_view kBot = "[bot]";
  const bool is_bot = string_at(user, "type") == "Bot" || string_at(user, "__typename") == "Bot";
  if (is_bot && !login.ends_with(kBot)) login += kBot;
  return login;
}

std::string path_of_comment(const Ci& ci, const model::Json& comment) {
  const std::int64_t id =
      comment.contains("id") && comment["id"].is_number_integer() ? comment["id"].get<std::int64_t>() : 0;
  return fmt::format("/repos/{}/issues/comments/{}", ci.repository, id);
}

// Whose token ours is. An installation's token may not ask REST who it is, but may ask GraphQL.
Result<std::string> who_we_are(GithubClient& github) {
  FLEET_TRY(const model::Json data, github.query("query { viewer { login __typename } }", kRight));
  if (data.contains("viewer")) {
    if (std::string author = author_of(data["viewer"]); !author.empty()) return author;
  }
  return base::fail_world("ask GitHub who we are", {}, "its answer names nobody", {});
}

bool begins_with(const model::Json& comment, std::string_view marker) {
  return string_at(comment, "body").starts_with(marker);
}

}  // namespace

std::string summary_marker(const Ci& ci, std::string_view key) {
  return fmt::format("<!-- fleet:summary workflow={} job={} key={} -->", marker_word(ci.workflow),
                     marker_word(ci.job), marker_word(key));
}

Result<Posted> post_summary(GithubClient& github, const Ci& ci, std::string_view marker,
                            const std::string& body) {
  FLEET_ASSERT(ci.pull_request.has_value(), "a comment has its pull request");
  const std::string comments =
      fmt::format("/repos/{}/issues/{}/comments", ci.repository, ci.pull_request->number);
  bool is_whole = false;
  FLEET_TRY(std::vector<model::Json> found, github.list(comments + "?per_page=100", kRight, is_whole));
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
    FLEET_CHECK(github.send("POST", comments, {{"body", body}}, kRight));
    return Posted::created;
  }
  // GitHub lists the oldest first. One more than one is what a race has left.
  for (std::size_t i = 1; i < found.size(); ++i)
    FLEET_CHECK(github.send("DELETE", path_of_comment(ci, found[i]), nullptr, kRight));
  if (string_at(found.front(), "body") == body) return Posted::unchanged;
  FLEET_CHECK(github.send("PATCH", path_of_comment(ci, found.front()), {{"body", body}}, kRight));
  return Posted::updated;
}

}  // namespace fleet::forge
