#include <fmt/format.h>

#include <vector>

#include "agents/model_api.h"

// OpenAI's chat completions, which many providers and local servers speak too: the types
// ChatCompletionCreateParams and ChatCompletionChunk of the npm package openai, version 6.
namespace fleet::agents {
namespace {

constexpr std::size_t kMostCallsKept = 200;  // of one answer

// Where they differ.
enum class Dialect { openai, xai, mistral };

Json make_tools(const Conversation& conversation) {
  Json tools = Json::array();
  for (const Tool& tool : conversation.tools) {
    tools.push_back(
        {{"type", "function"},
         {"function",
          {{"name", tool.name}, {"description", tool.description}, {"parameters", tool.parameters}}}});
  }
  return tools;
}

net::HttpRequest make_completions(const Conversation& conversation, const model::SingleAgent& who,
                                  const std::string& key, Dialect dialect, std::string_view url) {
  Json messages = Json::array();
  if (!conversation.system.empty())
    messages.push_back({{"role", "system"}, {"content", conversation.system}});
  for (const Turn& turn : conversation.turns) {
    if (const auto* ours = std::get_if<UserTurn>(&turn)) {
      for (const ToolResult& result : ours->results)
        messages.push_back({{"role", "tool"}, {"tool_call_id", result.call.id}, {"content", result.text}});
      if (!ours->text.empty()) messages.push_back({{"role", "user"}, {"content", ours->text}});
    } else if (const Json& native = std::get<ModelTurn>(turn).native; native.is_object()) {
      messages.push_back(native);
    }
  }
  Json body{{"model", who.model}, {"messages", std::move(messages)}, {"stream", true}};
  if (!conversation.tools.empty()) body["tools"] = make_tools(conversation);
  // Mistral refuses the first, and tells the usage without being asked. Of servers that only speak the
  // protocol it is not known which bound on the output they take: they keep their own, but for the older
  // word where the workflow gives a bound.
  if (dialect != Dialect::mistral) body["stream_options"] = {{"include_usage", true}};
  if (dialect == Dialect::mistral || (!who.url.empty() && who.max_output)) {
    body["max_tokens"] = most_output(who);
  } else if (who.url.empty()) {
    body["max_completion_tokens"] = most_output(who);
  }
  net::HttpRequest request = json_request(endpoint(who, url, "/v1/chat/completions"), body);
  if (!key.empty()) request.headers.push_back({"authorization", "Bearer " + key});
  return request;
}

class CompletionsReader final : public ReplyReader {
 private:
  void take(const Json& chunk) override {
    if (const Json& error = member(chunk, "error"); error.is_object()) return fail(error);
    if (const std::string error = text_at(chunk, "error"); !error.empty()) return fail({{"message", error}});
    if (reply_.id.empty()) reply_.id = text_at(chunk, "id");
    if (const std::string name = text_at(chunk, "model"); !name.empty()) reply_.model = name;
    take_usage(member(chunk, "usage"));
    const Json& choices = member(chunk, "choices");
    if (!choices.is_array() || choices.empty() || !choices.front().is_object()) return;
    const Json& choice = choices.front();
    const Json& delta = member(choice, "delta");
    take_words(member(delta, "content"));
    refusal_ += text_at(delta, "refusal");
    if (const Json& calls = member(delta, "tool_calls"); calls.is_array()) {
      for (const Json& call : calls)
        take_call(call);
    }
    if (const std::string why = text_at(choice, "finish_reason"); !why.empty()) {
      reply_.is_whole = true;
      reply_.stop = stop_of(why);
    }
  }

  // Mistral's models that reason answer in parts.
  void take_words(const Json& content) {
    if (content.is_string()) reply_.turn.text += content.get<std::string>();
    if (!content.is_array()) return;
    for (const Json& part : content) {
      if (text_at(part, "type") == "text") reply_.turn.text += text_at(part, "text");
    }
  }

  // Some servers number all calls of an answer 0, or do not number them: another id is another call.
  void take_call(const Json& piece) {
    const std::uint64_t index = count_at(piece, "index");
    const std::string id = text_at(piece, "id");
    auto found =
        std::find_if(calls_.rbegin(), calls_.rend(), [&](const Call& call) { return call.index == index; });
    const bool is_other =
        found != calls_.rend() && !id.empty() && !found->call.id.empty() && found->call.id != id;
    if (found == calls_.rend() || is_other) {
      if (calls_.size() == kMostCallsKept) return;
      calls_.push_back({index, {}});
      found = calls_.rbegin();
    }
    if (found->call.id.empty()) found->call.id = id;
    const Json& function = member(piece, "function");
    if (found->call.name.empty()) found->call.name = text_at(function, "name");
    const Json& arguments = member(function, "arguments");
    found->call.arguments += arguments.is_object() ? arguments.dump() : text_at(function, "arguments");
  }

  void take_usage(const Json& usage) {
    if (!usage.is_object()) return;
    const std::uint64_t prompt = count_at(usage, "prompt_tokens");
    const std::uint64_t written = count_at(usage, "completion_tokens");
    const Json& details = member(usage, "prompt_tokens_details");
    model::Tokens tokens = tokens_of(prompt, details, written);
    // xAI counts reasoning beside what is written, the others within it: the total tells which.
    const std::uint64_t reasoning = count_at(member(usage, "completion_tokens_details"), "reasoning_tokens");
    if (reasoning > 0 && count_at(usage, "total_tokens") == prompt + written + reasoning)
      tokens.output += reasoning;
    reply_.cost.tokens = tokens;
    reply_.cost.usd = usd_of_ticks(usage);
  }

  void conclude() override {
    ModelTurn& turn = reply_.turn;
    Json native{{"role", "assistant"}, {"content", turn.text}};
    if (!refusal_.empty()) {
      reply_.stop = Stop::refusal;
      if (turn.text.empty()) turn.text = refusal_;
    }
    for (Call& call : calls_) {
      Json function{{"name", call.call.name}, {"arguments", sound_arguments(call.call.arguments)}};
      native["tool_calls"].push_back(
          {{"id", call.call.id}, {"type", "function"}, {"function", std::move(function)}});
      turn.calls.push_back(std::move(call.call));
    }
    if (turn.text.empty() && !turn.calls.empty()) native["content"] = nullptr;
    turn.native = std::move(native);
  }

  static Stop stop_of(const std::string& why) {
    if (why == "tool_calls" || why == "function_call") return Stop::calls;
    if (why == "length") return Stop::length;
    if (why == "model_length") return Stop::context;
    if (why == "content_filter") return Stop::refusal;
    return Stop::end;
  }

  struct Call {
    std::uint64_t index = 0;
    ToolCall call;
  };
  std::vector<Call> calls_;
  std::string refusal_;
};

template <Dialect dialect>
net::HttpRequest make_completions_of(const Conversation& conversation, const model::SingleAgent& who,
                                     const std::string& key) {
  const ModelApi& api = dialect == Dialect::openai ? kChatCompletions
                        : dialect == Dialect::xai  ? kXaiCompletions
                                                   : kMistralCompletions;
  return make_completions(conversation, who, key, dialect, api.url);
}

}  // namespace

const ModelApi kChatCompletions{"OPENAI_API_KEY", "https://api.openai.com",
                                make_completions_of<Dialect::openai>, make_reply_reader<CompletionsReader>};
const ModelApi kXaiCompletions{"XAI_API_KEY", "https://api.x.ai", make_completions_of<Dialect::xai>,
                               make_reply_reader<CompletionsReader>};
const ModelApi kMistralCompletions{"MISTRAL_API_KEY", "https://api.mistral.ai",
                                   make_completions_of<Dialect::mistral>,
                                   make_reply_reader<CompletionsReader>};

}  // namespace fleet::agents
