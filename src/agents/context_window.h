#pragma once

#include <cstdint>
#include <optional>

#include "agents/conversation.h"
#include "model/cost.h"

namespace fleet::agents {

// Keeps a conversation within what a model can hold, by leaving out the oldest results of its calls: each
// becomes a line that says what it was. Since that makes the provider's cache worthless, it is done rarely,
// and then thoroughly.
class ContextWindow {
 public:
  // Tokens: enough for nearly all tasks, and within what most models can; more is slow and dear. Less where
  // the model is known to hold less, and once a provider has said that it was too much.
  static constexpr std::uint64_t kUsual = 120'000;

  // `context`: what the model can hold, its answer included; none: nobody knows. `output`: the longest
  // answer.
  explicit ContextWindow(std::optional<std::uint64_t> context = {}, int output = 0);

  // What the provider counted for the conversation up to here, its answer included.
  void counted(const model::Tokens& tokens, const Conversation& conversation);
  // The provider refused the conversation for its length.
  void refused(const Conversation& conversation);
  // False: it does not fit, and nothing is left that could be left out.
  [[nodiscard]] bool fit(Conversation& conversation);
  // The most tokens that the request which is sent next can be read as, by the size of its body. A token is a
  // byte or more; of what a provider has counted already, its count holds.
  [[nodiscard]] std::uint64_t most_read(std::uint64_t body_bytes);

 private:
  void cut_last(Conversation& conversation);
  void leave_out(Conversation& conversation, std::size_t end);
  [[nodiscard]] std::uint64_t estimate(const Conversation& conversation) const;

  std::uint64_t most_ = kUsual;
  std::uint64_t counted_ = 0;        // tokens
  std::uint64_t counted_bytes_ = 0;  // of what was counted
  std::uint64_t sent_body_ = 0;      // bytes of the request that was sent last,
  std::uint64_t counted_body_ = 0;   // and of the one that was counted last
  bool is_counted_ = false;          // and nothing of it was left out since
};

}  // namespace fleet::agents
