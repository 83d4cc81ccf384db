#include <fmt/format.h>

#include <algorithm>

#include "agents/model_api.h"

// OpenAI's Responses: the types ResponseCreateParams and ResponseStreamEvent of the npm package openai,
// version 6. Nothing is stored at the provider: each request has the whole conversation.
namespace fleet::agents {
namespace {

constexpr std::size_t kMostItems = 1000;

// Whether the model reasons, and so its reasoning can be asked for in a form that can be handed back.
bool does_reason(std::string_view model) {
  if (model.starts_with("ft:")) model.remove_prefix(3);
  return !model.starts_with("gpt-3") && !model.starts_with("gpt-4") && !model.starts_with("chatgpt");
}

net::HttpRequest make_responses(const Conversation& conversation, const model::SingleAgent& who,
                                const std::string& key) {
  Json input = Json::array();
  for (const Turn& turn : conversation.turns) {
    if (const auto* ours = std::get_if<UserTurn>(&turn)) {
      for (const ToolResult& result : ours->results) {
        input.push_back(
            {{"type", "function_call_output"}, {"call_id", result.call.id}, {"output", result.text}});
      }
      if (!ours->text.empty()) {
        Json part{{"type", "input_text"}, {"text", ours->text}};
        input.push_back({{"type", "message"}, {"role", "user"}, {"content", Json::array({std::move(part)})}});
      }
    } else {
      for (const Json& item : std::get<ModelTurn>(turn).native)
        input.push_back(item);
    }
  }
  Json tools = Json::array();
  for (const Tool& tool : conversation.tools) {
    tools.push_back({{"type", "function"},
                     {"name", tool.name},
                     {"description", tool.description},
                     {"parameters", tool.parameters},
                     {"strict", false}});
  }
  Json body{{"model", who.model},
            {"instructions", conversation.system},
            {"input", std::move(input)},
            {"tools", std::move(tools)},
            {"max_output_tokens", most_output(who)},
            {"store", false},
            {"stream", true}};
  if (does_reason(who.model)) body["include"] = Json::array({"reasoning.encrypted_content"});
  net::HttpRequest request = json_request(endpoint(who, kOpenaiResponses.url, "/v1/responses"), body);
  if (!key.empty()) request.headers.push_back({"authorization", "Bearer " + key});
  return request;
}

class ResponsesReader final : public ReplyReader {
 private:
  void take(const Json& event) override {
    const std::string type = text_at(event, "type");
    if (type == "response.output_item.done") {
      add_item(member(event, "item"));
    } else if (type == "response.created" || type == "response.in_progress") {
      take_response(member(event, "response"));
    } else if (type == "response.completed" || type == "response.incomplete" || type == "response.failed") {
      take_end(member(event, "response"));
    } else if (type == "error") {
      fail(member(event, "error").is_object() ? member(event, "error") : event);
    }
  }

  void take_response(const Json& response) {
    reply_.id = text_at(response, "id");
    reply_.model = text_at(response, "model");
  }

  void add_item(const Json& item) {
    if (item.is_object() && items_.size() < kMostItems) items_.push_back(item);
  }

  void take_end(const Json& response) {
    take_response(response);
    take_usage(member(response, "usage"));
    const Json& output = member(response, "output");
    if (items_.empty() && output.is_array()) {
      for (const Json& item : output)
        add_item(item);
    }
    const std::string status = text_at(response, "status");
    if (status == "failed") return fail(member(response, "error"));
    reply_.is_whole = true;
    if (status != "incomplete") return;
    const std::string why = text_at(member(response, "incomplete_details"), "reason");
    reply_.stop = why == "content_filter" ? Stop::refusal : Stop::length;
  }

  void take_usage(const Json& usage) {
    if (!usage.is_object()) return;
    const std::uint64_t read = count_at(usage, "input_tokens");
    const Json& details = member(usage, "input_tokens_details");
    reply_.cost.tokens = tokens_of(read, details, count_at(usage, "output_tokens"));
    reply_.cost.usd = usd_of_ticks(usage);
  }

  void conclude() override {
    ModelTurn& turn = reply_.turn;
    Json native = Json::array();
    bool refuses = false;
    for (Json& item : items_) {
      const std::string type = text_at(item, "type");
      if (type == "message" && member(item, "content").is_array()) {
        for (const Json& part : member(item, "content")) {
          turn.text += text_at(part, text_at(part, "type") == "refusal" ? "refusal" : "text");
          refuses = refuses || text_at(part, "type") == "refusal";
        }
      } else if (type == "function_call") {
        turn.calls.push_back({text_at(item, "call_id"), text_at(item, "name"), text_at(item, "arguments")});
        item["arguments"] = sound_arguments(turn.calls.back().arguments);
      } else if (type == "reasoning" && text_at(item, "encrypted_content").empty()) {
        continue;  // it can only be named, and nothing was stored that a name could stand for
      }
      native.push_back(std::move(item));
    }
    turn.native = std::move(native);
    if (refuses) reply_.stop = Stop::refusal;
    if (reply_.stop == Stop::end && !turn.calls.empty()) reply_.stop = Stop::calls;
  }

  std::vector<Json> items_;
};

}  // namespace

const ModelApi kOpenaiResponses{"OPENAI_API_KEY", "https://api.openai.com", make_responses,
                                make_reply_reader<ResponsesReader>};

}  // namespace fleet::agents
