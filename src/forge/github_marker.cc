#include "forge/github_marker.h"

#include <fmt/format.h>

#include "text/ascii.h"

namespace fleet::forge {
namespace {

// As in an address: a `--` or `>` would end the comment of HTML that the marker is.
std::string marker_word(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 200)) {
    const bool is_plain = text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '.' || c == '_';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string hidden_marker(std::string_view what, const Ci& ci, std::string_view key) {
  return fmt::format("<!-- fleet:{} workflow={} job={} key={} -->", what, marker_word(ci.workflow),
                     marker_word(ci.job), marker_word(key));
}

std::string string_at(const model::Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string()
             ? object[name].get<std::string>()
             : std::string();
}

std::int64_t number_at(const model::Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_number_integer()
             ? object[name].get<std::int64_t>()
             : 0;
}

// An app's login is `name[bot]` in one API and `name` in the other.
std::string author_of(const model::Json& user) {
  std::string login = string_at(user, "login");
  constexpr std::string_view kBot = "[bot]";
  const bool is_bot = string_at(user, "type") == "Bot" || string_at(user, "__typename") == "Bot";
  if (is_bot && !login.ends_with(kBot)) login += kBot;
  return login;
}

// An installation's token may not ask REST who it is, but may ask GraphQL.
Result<std::string> who_we_are(GithubClient& github) {
  FLEET_TRY(const model::Json data, github.query("query { viewer { login __typename } }", kRightToComment));
  if (data.contains("viewer")) {
    if (std::string author = author_of(data["viewer"]); !author.empty()) return author;
  }
  return base::fail_world("ask GitHub who we are", {}, "its answer names nobody", {});
}

}  // namespace fleet::forge
