#include <fmt/format.h>

#include <map>

#include "agents/model_api.h"

// Anthropic's Messages: the types MessageCreateParams and RawMessageStreamEvent of the npm package
// @anthropic-ai/sdk, version 0.137.
namespace fleet::agents {
namespace {

using model::AgentFailure;

constexpr std::size_t kMostBlocks = 1000;

Json cached(Json block) {
  block["cache_control"] = {{"type", "ephemeral"}};
  return block;
}

Json content_of(const UserTurn& turn) {
  Json content = Json::array();
  for (const ToolResult& result : turn.results) {
    Json block{{"type", "tool_result"}, {"tool_use_id", result.call.id}, {"content", result.text}};
    if (result.is_error) block["is_error"] = true;
    content.push_back(std::move(block));
  }
  if (!turn.text.empty()) content.push_back({{"type", "text"}, {"text", turn.text}});
  return content;
}

net::HttpRequest make_messages(const Conversation& conversation, const model::SingleAgent& who,
                               const std::string& key) {
  Json body{{"model", who.model}, {"max_tokens", most_output(who)}, {"stream", true}};
  // What stays the same from turn to turn is read from the provider's cache: the tools and the system's
  // words, and the conversation up to its last turn.
  if (!conversation.system.empty())
    body["system"] = Json::array({cached({{"type", "text"}, {"text", conversation.system}})});
  for (const Tool& tool : conversation.tools) {
    body["tools"].push_back(
        {{"name", tool.name}, {"description", tool.description}, {"input_schema", tool.parameters}});
  }
  Json messages = Json::array();
  for (const Turn& turn : conversation.turns) {
    if (const auto* ours = std::get_if<UserTurn>(&turn)) {
      messages.push_back({{"role", "user"}, {"content", content_of(*ours)}});
    } else if (const Json& native = std::get<ModelTurn>(turn).native;
               !native.empty()) {  // an empty one is refused
      messages.push_back({{"role", "assistant"}, {"content", native}});
    }
  }
  if (!messages.empty()) {
    Json& last = messages.back()["content"];
    if (last.is_array() && !last.empty() && text_at(messages.back(), "role") == "user")
      last.back() = cached(last.back());
  }
  body["messages"] = std::move(messages);
  net::HttpRequest request = json_request(endpoint(who, kAnthropicMessages.url, "/v1/messages"), body);
  request.headers.push_back({"anthropic-version", "2023-06-01"});
  if (!key.empty()) request.headers.push_back({"x-api-key", key});
  return request;
}

class MessagesReader final : public ReplyReader {
 private:
  void take(const Json& event) override {
    const std::string type = text_at(event, "type");
    if (type == "message_start") {
      const Json& message = member(event, "message");
      reply_.id = text_at(message, "id");
      reply_.model = text_at(message, "model");
      take_usage(member(message, "usage"));
    } else if (type == "content_block_start") {
      if (blocks_.size() < kMostBlocks)
        blocks_[count_at(event, "index")].json = member(event, "content_block");
    } else if (type == "content_block_delta") {
      take_delta(count_at(event, "index"), member(event, "delta"));
    } else if (type == "message_delta") {
      take_usage(member(event, "usage"));
      if (const std::string why = text_at(member(event, "delta"), "stop_reason"); !why.empty())
        reply_.stop = stop_of(why);
    } else if (type == "message_stop") {
      reply_.is_whole = true;
    } else if (type == "error") {
      fail(member(event, "error"));
    }
  }

  void take_delta(std::uint64_t index, const Json& delta) {
    const auto block = blocks_.find(index);
    if (block == blocks_.end() || !block->second.json.is_object()) return;
    const std::string type = text_at(delta, "type");
    const auto append = [&](const char* name) {
      Json& text = block->second.json[name];
      if (!text.is_string()) text = "";
      text.get_ref<std::string&>() += text_at(delta, name);
    };
    if (type == "text_delta") {
      append("text");
    } else if (type == "thinking_delta") {
      append("thinking");
    } else if (type == "signature_delta") {
      append("signature");
    } else if (type == "input_json_delta") {
      block->second.input += text_at(delta, "partial_json");
    }
  }

  // The counts of later events are those of the whole answer so far; what one leaves out stays.
  void take_usage(const Json& usage) {
    if (!usage.is_object()) return;
    model::Tokens tokens = reply_.cost.tokens.value_or(model::Tokens{});
    const auto take = [&usage](const char* name, std::uint64_t& count) {
      if (number_at(usage, name)) count = count_at(usage, name);
    };
    take("input_tokens", tokens.input);
    take("cache_read_input_tokens", tokens.cached_input);
    take("cache_creation_input_tokens", tokens.cache_writes);
    take("output_tokens", tokens.output);
    reply_.cost.tokens = tokens;
  }

  void conclude() override {
    Json native = Json::array();
    for (auto& [index, block] : blocks_) {
      const std::string type = text_at(block.json, "type");
      if (type == "text") {
        const std::string text = text_at(block.json, "text");
        if (text.find_first_not_of(" \t\r\n") == std::string::npos) continue;  // would be refused
        reply_.turn.text += text;
      } else if (type == "tool_use") {
        const Json input = parse_json(block.input);
        const Json& given = member(block.json, "input");
        if (block.input.empty()) block.input = given.is_object() ? given.dump() : "{}";
        reply_.turn.calls.push_back({text_at(block.json, "id"), text_at(block.json, "name"), block.input});
        if (input.is_object()) block.json["input"] = input;
        if (!member(block.json, "input").is_object()) block.json["input"] = Json::object();
      } else if (type.empty()) {
        continue;
      }
      native.push_back(block.json);
    }
    reply_.turn.native = std::move(native);
  }

  static Stop stop_of(const std::string& why) {
    if (why == "tool_use") return Stop::calls;
    if (why == "max_tokens") return Stop::length;
    if (why == "refusal") return Stop::refusal;
    if (why == "model_context_window_exceeded") return Stop::context;
    if (why == "pause_turn") return Stop::paused;
    return Stop::end;
  }

  struct Block {
    Json json;
    std::string input;  // of a call, as its pieces come
  };
  std::map<std::uint64_t, Block> blocks_;
};

}  // namespace

const ModelApi kAnthropicMessages{"ANTHROPIC_API_KEY", "https://api.anthropic.com", make_messages,
                                  make_reply_reader<MessagesReader>};

}  // namespace fleet::agents
