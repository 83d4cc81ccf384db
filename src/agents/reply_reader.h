#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "agents/conversation.h"
#include "agents/json_lines.h"
#include "model/attempt.h"
#include "net/event_stream.h"
#include "net/http.h"

namespace fleet::agents {

// Why a model stopped.
enum class Stop {
  end,      // it has said what it wanted to
  calls,    // it waits for what its calls bring
  length,   // the answer was cut at its limit
  refusal,  // it, or its provider, will not
  context,  // the conversation is longer than its window
  paused,   // the provider wants to be asked to go on
  muddle,   // it wrote a call that its provider could not read
};

// What a provider says instead of an answer, or in the middle of one.
struct ReplyError {
  std::string message;
  std::optional<model::AgentFailure> failure;  // where it can be told
  std::optional<Duration> retry_after;
};

struct Reply {
  bool is_whole = false;  // the provider said that this was all
  ModelTurn turn;
  Stop stop = Stop::end;
  std::string model;  // that answered
  std::string id;     // of the answer
  model::Cost cost;
  std::optional<ReplyError> error;
};

// Makes a Reply out of what a provider sends: a stream of server-sent events with JSON in each, or one JSON
// text with an error. Holds against whatever is sent: more than kMost bytes end the transfer, what is nested
// too deep or of another kind than it should be is left out.
class ReplyReader : public net::BodyReader {
 public:
  static constexpr std::size_t kMost = std::size_t{32} << 20;  // bytes of an answer

  ReplyReader() : events_([this](std::string_view name, std::string_view data) { take_event(name, data); }) {}

  void begin(const net::HttpHead& head) final;
  [[nodiscard]] bool feed(std::string_view bytes) final;
  // When the transfer has ended, on the thread that wants the reply.
  Reply finish();

 protected:
  // One event of the stream.
  virtual void take(const Json& event) = 0;
  // The stream is over: what was put together becomes the turn.
  virtual void conclude() {}
  // From the JSON of an error: what each provider has of its own.
  virtual void refine(ReplyError&, const Json&) {}

  // Sets the reply's error, by an object with `message`, `type`, `code` or `status`.
  void fail(const Json& error);

  Reply reply_;

 private:
  void take_event(std::string_view name, std::string_view data);
  void take_body();

  net::EventStream events_;
  net::HttpHead head_;
  bool is_stream_ = false;
  std::string body_;  // of an answer that is no stream
  std::size_t size_ = 0;
};

// As OpenAI's protocols count: what was `read` includes what came from the cache and what was put into it,
// which `details` tell.
[[nodiscard]] model::Tokens tokens_of(std::uint64_t read, const Json& details, std::uint64_t written);
// What xAI charges, in either of them: `cost_in_usd_ticks`, of which 10^10 are a dollar.
[[nodiscard]] std::optional<double> usd_of_ticks(const Json& usage);

template <class Reader>
std::shared_ptr<ReplyReader> make_reply_reader() {
  return std::make_shared<Reader>();
}

}  // namespace fleet::agents
