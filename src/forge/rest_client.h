#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "forge/ci.h"
#include "model/json.h"
#include "net/http_client.h"

namespace fleet::forge {

// A forge as a program talks to it.
struct Service {
  std::string name;                       // `GitHub`
  std::string api_url;                    // without a slash at its end
  std::string graphql_url;                // empty: it is not asked
  std::vector<net::Header> headers;       // the token is in one: a secret
  std::string right_before, right_after;  // what stands around a right that is missing, in a hint
};
// docs.github.com/rest; a right is `pull-requests: write`.
[[nodiscard]] Service github(const Ci& ci);
// docs.gitlab.com/api; a right is the scope of a token: `api`.
[[nodiscard]] Service gitlab(const Ci& ci);

// Asks a forge's REST API one thing after the other, and waits for each answer. What a limit asks to wait for
// is waited for, and what is unlikely to have been done is asked again, as long as there is patience: in all,
// for all that one client asks. The token goes to the API's own host and nowhere else, and stands in no
// Error. One thread.
class RestClient {
 public:
  // The client must not outlive `http`.
  RestClient(net::HttpClient& http, Service service, Duration patience)
      : http_(http), service_(std::move(service)), patience_(patience) {}

  // `path` begins with a slash. An Error for every answer that is no 2xx; `right` is what the token needs.
  [[nodiscard]] Result<model::Json> send(const std::string& method, const std::string& path,
                                         const model::Json& body, std::string_view right);
  // A query of GraphQL; gives back its `data`.
  [[nodiscard]] Result<model::Json> query(const std::string& text, std::string_view right);
  // All pages of a list, or so many; `is_whole` is set to whether those are all.
  [[nodiscard]] Result<std::vector<model::Json>> list(const std::string& path, std::string_view right,
                                                      bool& is_whole, int most_pages = 50);

 private:
  struct Answer {
    int status = 0;
    std::vector<net::Header> headers;
    std::string body;
    std::optional<Error> error;
    bool was_sent = true;
  };
  [[nodiscard]] Answer ask(const std::string& method, const std::string& url, const std::string& body);
  [[nodiscard]] Result<model::Json> ask_patiently(const std::string& method, const std::string& url,
                                                  const std::string& body, std::string_view right,
                                                  std::string* link = nullptr);
  [[nodiscard]] bool wait(Duration time);

  net::HttpClient& http_;
  Service service_;
  Duration patience_;  // what is left of it
};

// How long a refused request is to wait before it is sent again; none: waiting would not help. `now`: seconds
// since 1970. GitHub's rules: docs.github.com/rest, "Rate limits for the REST API".
[[nodiscard]] std::optional<Duration> wait_of(int status, const std::vector<net::Header>& headers,
                                              std::string_view message, int tries, std::int64_t now);

// The address of the next page in a Link header (RFC 8288); empty: there is none.
[[nodiscard]] std::string next_page(std::string_view link);

}  // namespace fleet::forge
