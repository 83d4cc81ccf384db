#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/json.h"
#include "net/http_client.h"

namespace fleet::forge {

// Asks GitHub's REST API (docs.github.com/rest) one thing after the other, and waits for each answer. What a
// limit asks to wait for is waited for, and what is unlikely to have been done is asked again, as long as
// there is patience: in all, for all that one client asks. The token goes to the API's own host and nowhere
// else, and stands in no Error. One thread.
class GithubClient {
 public:
  // `api_url`: without a slash at its end. The client must not outlive `http`.
  GithubClient(net::HttpClient& http, std::string api_url, std::string graphql_url, std::string token,
               Duration patience)
      : http_(http),
        api_url_(std::move(api_url)),
        graphql_url_(std::move(graphql_url)),
        token_(std::move(token)),
        patience_(patience) {}

  // `path` begins with a slash. An Error for every answer that is no 2xx; `right` is what the token needs,
  // for its hint: `pull-requests: write`.
  [[nodiscard]] Result<model::Json> send(const std::string& method, const std::string& path,
                                         const model::Json& body, std::string_view right);
  // A query of GraphQL; gives back its `data`.
  [[nodiscard]] Result<model::Json> query(const std::string& text, std::string_view right);
  // All pages of a list, a few thousand entries at most; `is_whole` is set to whether those are all.
  [[nodiscard]] Result<std::vector<model::Json>> list(const std::string& path, std::string_view right,
                                                      bool& is_whole);

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
  std::string api_url_;
  std::string graphql_url_;
  std::string token_;
  Duration patience_;  // what is left of it
};

// How long a refused request is to wait before it is sent again; none: waiting would not help. `now`: seconds
// since 1970. GitHub's rules: docs.github.com/rest, "Rate limits for the REST API".
[[nodiscard]] std::optional<Duration> wait_of(int status, const std::vector<net::Header>& headers,
                                              std::string_view message, int tries, std::int64_t now);

// The address of the next page in a Link header (RFC 8288); empty: there is none.
[[nodiscard]] std::string next_page(std::string_view link);

}  // namespace fleet::forge
