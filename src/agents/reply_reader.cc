#include "agents/reply_reader.h"

#include <algorithm>
#include <utility>

#include "agents/api_failure.h"
#include "text/utf8.h"

namespace fleet::agents {
namespace {

constexpr std::size_t kMostOfBody = std::size_t{64} << 10;  // bytes of an error

}  // namespace

void ReplyReader::begin(const net::HttpHead& head) {
  head_ = head;
  const auto type = head.header("content-type");
  is_stream_ =
      head.status >= 200 && head.status < 300 && (!type || type->find("json") == std::string_view::npos);
}

bool ReplyReader::feed(std::string_view bytes) {
  size_ += bytes.size();
  if (size_ > kMost) return false;
  if (is_stream_) return events_.feed(bytes);
  body_ += bytes.substr(0, kMostOfBody - body_.size());
  return true;
}

Reply ReplyReader::finish() {
  if (is_stream_) {
    events_.finish();
    conclude();
  } else {
    take_body();
  }
  return std::move(reply_);
}

void ReplyReader::take_event(std::string_view, std::string_view data) {
  if (data == "[DONE]") return;  // says nothing that was not said before
  if (reply_.error) return;
  Json event = parse_json(data);
  if (event.is_discarded() && !text::is_valid_utf8(data)) event = parse_json(text::to_valid_utf8(data));
  if (event.is_object()) return take(event);
  reply_.error = ReplyError{"an event of the stream is no JSON object", model::AgentFailure::nonsense, {}};
}

void ReplyReader::take_body() {
  Json answer = parse_json(body_);
  if (answer.is_array() && !answer.empty()) answer = Json(answer.front());  // Gemini's, of a stream
  const Json& error = member(answer, "error");
  if (error.is_object()) return fail(error);
  if (error.is_string()) return fail({{"message", error}});
  if (head_.status < 400 && head_.status != 0) {
    reply_.error = ReplyError{"the answer is no stream of events", model::AgentFailure::nonsense, {}};
  } else {
    // A gateway's own page, or FastAPI's `detail`.
    std::string message = text_at(answer, "message");
    if (message.empty()) message = text_at(answer, "detail");
    fail({{"message", message.empty() ? body_ : message}});
  }
}

void ReplyReader::fail(const Json& error) {
  ReplyError failed;
  failed.message = text_at(error, "message");
  std::string words;
  for (const char* name : {"type", "code", "status"}) {
    const std::string word = text_at(error, name);
    words += word + '\n';
    if (failed.message.empty()) failed.message = word;
  }
  // Its own words for the kind come before what is written for people.
  failed.failure = failure_of_answer(head_.status, words);
  const bool is_vague = head_.status < 400 || head_.status == 400 || head_.status == 429;
  if (const auto said = failure_of_answer(0, failed.message);
      said && is_vague && (!failed.failure || failed.failure == model::AgentFailure::bad_request))
    failed.failure = said;
  failed.retry_after = wait_by_headers(head_);
  refine(failed, error);
  if (failed.message.empty()) failed.message = "HTTP status " + std::to_string(head_.status);
  reply_.error = std::move(failed);
}

model::Tokens tokens_of(std::uint64_t read, const Json& details, std::uint64_t written) {
  model::Tokens tokens;
  tokens.cached_input = std::min(read, count_at(details, "cached_tokens"));
  tokens.cache_writes = std::min(read - tokens.cached_input, count_at(details, "cache_write_tokens"));
  tokens.input = read - tokens.cached_input - tokens.cache_writes;
  tokens.output = written;
  return tokens;
}

std::optional<double> usd_of_ticks(const Json& usage) {
  const auto ticks = number_at(usage, "cost_in_usd_ticks");
  const double usd = ticks.value_or(-1) / 1e10;
  return usd >= 0 && usd <= kMostUsd ? std::optional(usd) : std::nullopt;
}

}  // namespace fleet::agents
