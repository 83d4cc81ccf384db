#include "forge/rest_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "forge/marker.h"
#include "text/utf8.h"

namespace fleet::forge {
namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20;  // of an answer
constexpr int kMostTries = 4;

class WholeBody final : public net::BodyReader {
 public:
  void begin(const net::HttpHead&) override {}
  bool feed(std::string_view bytes) override {
    if (bytes.size() > kMostBytes - text.size()) return false;
    text += bytes;
    return true;
  }
  std::string text;
};

std::optional<std::string> header_of(const std::vector<net::Header>& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [name](const auto& header) { return header.name == name; });
  return found == headers.end() ? std::nullopt : std::optional(found->value);
}

std::optional<std::int64_t> number_of(const std::vector<net::Header>& headers, std::string_view name) {
  const auto text = header_of(headers, name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size() || number < 0) return std::nullopt;
  return number;
}

std::string refusal_of(const std::string& body) {
  const model::Json json = model::Json::parse(body, nullptr, false);
  std::string message = string_at(json, "message");
  if (message.empty()) message = string_at(json, "error");
  return text::printable(message.substr(0, 300), text::Newlines::escape);
}

std::int64_t seconds_since_1970() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::optional<Duration> wait_of(int status, const std::vector<net::Header>& headers, std::string_view message,
                                int tries, std::int64_t now) {
  const auto seconds = [](std::int64_t count) {
    constexpr std::int64_t kLongestWait = 86'400;
    return Duration(std::chrono::seconds(std::clamp<std::int64_t>(count, 0, kLongestWait)));
  };
  const Duration doubled = std::chrono::seconds(std::int64_t{1} << std::min(tries, 10));
  if (status >= 500) return doubled;
  if (status != 403 && status != 429) return std::nullopt;
  if (const auto after = number_of(headers, "retry-after")) return seconds(*after);
  const bool is_used_up = number_of(headers, "x-ratelimit-remaining") == 0;
  if (const auto reset = number_of(headers, "x-ratelimit-reset"); is_used_up && reset)
    return seconds(*reset - now + 1);
  const bool is_secondary =
      message.find("secondary rate limit") != message.npos || message.find("abuse detection") != message.npos;
  if (status == 429 || is_used_up || is_secondary) return 60 * doubled;
  return std::nullopt;
}

std::string next_page(std::string_view link) {
  while (!link.empty()) {
    const auto begin = link.find('<');
    const auto end = link.find('>', begin);
    if (begin == link.npos || end == link.npos) return {};
    const std::string_view address = link.substr(begin + 1, end - begin - 1);
    const std::string_view rest = link.substr(end + 1);
    const auto next = rest.find('<');
    if (rest.substr(0, next).find("rel=\"next\"") != rest.npos) return std::string(address);
    link = next == rest.npos ? std::string_view() : rest.substr(next);
  }
  return {};
}

Service github(const Ci& ci) {
  return {"GitHub",
          ci.api_url,
          ci.graphql_url,
          {{"accept", "application/vnd.github+json"},
           {"authorization", "Bearer " + ci.token},
           {"x-github-api-version", "2022-11-28"}},
          "the job's token needs `permissions: {",
          "}`; a fork's has no such right"};
}

Service gitlab(const Ci& ci) {
  return {"GitLab",
          ci.api_url,
          {},
          {{"accept", "application/json"}, {"private-token", ci.token}},
          "GITLAB_TOKEN has to be a token of the project's with the scope `",
          "`"};
}

RestClient::Answer RestClient::ask(const std::string& method, const std::string& url,
                                   const std::string& body) {
  net::HttpRequest request;
  request.method = method;
  request.url = url;
  request.headers = service_.headers;
  request.headers.push_back({"user-agent", "fleet"});
  if (!body.empty()) request.headers.push_back({"content-type", "application/json"});
  request.body = body;
  // Whoever waits for us has little time, and so has what answers.
  request.connect_timeout =
      std::min<Duration>(std::chrono::seconds(10), std::max(patience_, Duration(1'000'000)));
  request.idle_timeout =
      std::min<Duration>(std::chrono::seconds(20), std::max(patience_, Duration(1'000'000)));
  const auto reader = std::make_shared<WholeBody>();
  std::promise<net::HttpEnd> promise;
  auto ended = promise.get_future();
  http_.send(std::move(request), reader, [&promise](net::HttpEnd end) { promise.set_value(std::move(end)); });
  net::HttpEnd end = ended.get();
  Answer answer;
  if (end.head) {
    answer.status = end.head->status;
    answer.headers = std::move(end.head->headers);
  }
  answer.body = std::move(reader->text);
  answer.error = std::move(end.error);
  answer.was_sent = end.was_sent;
  return answer;
}

bool RestClient::wait(Duration time) {
  if (time > patience_) return false;
  patience_ -= time;
  std::this_thread::sleep_for(time);
  return true;
}

Result<model::Json> RestClient::ask_patiently(const std::string& method, const std::string& url,
                                              const std::string& body, std::string_view right,
                                              std::string* link) {
  const std::string tried = fmt::format("ask {} ({} {})", service_.name, method, url);
  for (int tries = 0;; ++tries) {
    Answer answer = ask(method, url, body);
    if (!answer.error && answer.status >= 200 && answer.status < 300) {
      if (link != nullptr) *link = header_of(answer.headers, "link").value_or("");
      if (answer.body.empty()) return model::Json();
      model::Json json = model::Json::parse(answer.body, nullptr, false);
      if (json.is_discarded()) return base::fail_world(tried, {}, "its answer is no JSON", {});
      return json;
    }
    std::string message = refusal_of(answer.body);
    std::optional<Duration> pause;
    if (answer.error) {
      // A comment that was written by a request whose answer got lost would stand there twice.
      const bool may_be_done = answer.was_sent && method == "POST";
      if (!may_be_done) pause = std::chrono::seconds(std::int64_t{1} << std::min(tries, 10));
    } else if (answer.status < 500 || method != "POST") {
      pause = wait_of(answer.status, answer.headers, message, tries, seconds_since_1970());
    }
    if (pause && tries + 1 < kMostTries && wait(*pause)) continue;
    if (answer.error) return base::fail_world(tried, {}, answer.error->why, answer.error->hint);
    std::string why = fmt::format("it answers {}", answer.status);
    if (!message.empty()) why += ": " + message;
    if (pause) return base::fail_world(tried, {}, why, "it asks to wait longer than a job should");
    const bool is_right = answer.status == 401 || answer.status == 403 || answer.status == 404;
    return base::fail_world(
        tried, {}, why,
        is_right ? fmt::format("{}{}{}", service_.right_before, right, service_.right_after) : std::string());
  }
}

Result<model::Json> RestClient::send(const std::string& method, const std::string& path,
                                     const model::Json& body, std::string_view right) {
  const std::string text =
      body.is_null() ? std::string() : body.dump(-1, ' ', false, model::Json::error_handler_t::replace);
  return ask_patiently(method, service_.api_url + path, text, right);
}

Result<model::Json> RestClient::query(const std::string& text, std::string_view right) {
  FLEET_TRY(const model::Json answer,
            ask_patiently("POST", service_.graphql_url, model::Json{{"query", text}}.dump(), right));
  if (!answer.is_object() || !answer.contains("data") || !answer["data"].is_object())
    return base::fail_world(fmt::format("ask {} (POST {})", service_.name, service_.graphql_url), {},
                            "its answer has no data", {});
  return answer["data"];
}

Result<std::vector<model::Json>> RestClient::list(const std::string& path, std::string_view right,
                                                  bool& is_whole, int most_pages) {
  std::vector<model::Json> all;
  std::string url = service_.api_url + path;
  is_whole = false;
  for (int page = 0; page < most_pages; ++page) {
    std::string link;
    FLEET_TRY(model::Json entries, ask_patiently("GET", url, {}, right, &link));
    if (!entries.is_array())
      return base::fail_world(fmt::format("ask {} (GET {})", service_.name, url), {}, "its answer is no list",
                              {});
    for (model::Json& entry : entries)
      all.push_back(std::move(entry));
    url = next_page(link);
    if (url.empty()) {
      is_whole = true;
      break;
    }
    // A server names where its next page is, not where the token goes.
    if (!url.starts_with(service_.api_url + "/")) {
      return base::fail_world(fmt::format("ask {} (GET {})", service_.name, path), {},
                              "its next page is on another server", {});
    }
  }
  return all;
}

}  // namespace fleet::forge
