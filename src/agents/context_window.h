#pragma once

#include <cstdint>

#include "agents/conversation.h"
#include "model/cost.h"

namespace fleet::agents {

// Keeps a conversation within what a model can hold, by leaving out the oldest results of its calls: each
// becomes a line that says what it was. Since that makes the provider's cache worthless, it is done rarely,
// and then thoroughly.
class ContextWindow {
 public:
  // Tokens: what all models in use can hold; less, once a provider has said that it was too much.
  static constexpr std::uint64_t kUsual = 120'000;

  // What the provider counted for the conversation up to here, its answer included.
  void counted(const model::Tokens& tokens, const Conversation& conversation);
  // The provider refused the conversation for its length.
  void refused(const Conversation& conversation);
  // False: it does not fit, and nothing is left that could be left out.
  [[nodiscard]] bool fit(Conversation& conversation) const;

 private:
  void cut_last(Conversation& conversation) const;
  void leave_out(Conversation& conversation, std::size_t end) const;
  [[nodiscard]] std::uint64_t estimate(const Conversation& conversation) const;

  std::uint64_t most_ = kUsual;
  std::uint64_t counted_ = 0;        // tokens
  std::uint64_t counted_bytes_ = 0;  // of what was counted
};

}  // namespace fleet::agents
