#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agents/conversation.h"
#include "agents/reply_reader.h"
#include "model/workflow.h"
#include "net/http.h"

namespace fleet::agents {

// The protocol in which a provider serves its models. One turn is one request, whose answer is streamed.
struct ModelApi {
  std::string_view key_variable;  // where its key is looked for
  std::string_view url;           // where it is served, when the workflow does not say
  // POST of a whole conversation, with the key in a header.
  net::HttpRequest (*make_request)(const Conversation& conversation, const model::SingleAgent& who,
                                   const std::string& key);
  std::shared_ptr<ReplyReader> (*make_reader)();
};

extern const ModelApi kAnthropicMessages, kChatCompletions, kXaiCompletions, kMistralCompletions,
    kOpenaiResponses, kGemini;

// Null where the kind is no provider.
[[nodiscard]] const ModelApi* model_api(model::AgentKind kind);

// The most that one answer may have, in tokens: enough for a long file, and within what the model can.
[[nodiscard]] inline int most_output(const model::SingleAgent& who) {
  constexpr int kMost = 16'384;
  const int most = std::min(kMost, who.max_output.value_or(kMost));
  // Where the model holds little, half of that is for the answer.
  return who.context ? static_cast<int>(std::min<std::uint64_t>(most, *who.context / 2)) : most;
}

// The agent's own address, or the provider's, and the path after it. A version that the path begins with
// (`/v1`) is not written twice.
[[nodiscard]] std::string endpoint(const model::SingleAgent& who, std::string_view url,
                                   std::string_view path);
[[nodiscard]] net::HttpRequest json_request(std::string url, const Json& body);

}  // namespace fleet::agents
