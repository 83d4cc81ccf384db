#include "forge/github_author.h"

#include "forge/marker.h"

namespace fleet::forge {

// An app's login is `name[bot]` in one API and `name` in the other.
std::string author_of(const model::Json& user) {
  std::string login = string_at(user, "login");
  constexpr std::string_view kBot = "[bot]";
  const bool is_bot = string_at(user, "type") == "Bot" || string_at(user, "__typename") == "Bot";
  if (is_bot && !login.ends_with(kBot)) login += kBot;
  return login;
}

// An installation's token may not ask REST who it is, but may ask GraphQL.
Result<std::string> who_we_are(RestClient& github) {
  FLEET_TRY(const model::Json data, github.query("query { viewer { login __typename } }", kRightToComment));
  if (data.contains("viewer")) {
    if (std::string author = author_of(data["viewer"]); !author.empty()) return author;
  }
  return base::fail_world("ask GitHub who we are", {}, "its answer names nobody", {});
}

}  // namespace fleet::forge
