#include <fmt/format.h>

#include <algorithm>

#include "agents/api_failure.h"
#include "agents/model_api.h"

// Gemini's generateContent: the types GenerateContentParameters and GenerateContentResponse of the npm
// package @google/genai, version 1, as its REST form has them; the details of errors are
// google.rpc.QuotaFailure and google.rpc.RetryInfo.
namespace fleet::agents {
namespace {

using model::AgentFailure;

constexpr std::size_t kMostParts = 10'000;

// Its kinds of values are written in capitals.
Json gemini_schema(Json schema) {
  if (const auto type = schema.find("type"); type != schema.end() && type->is_string()) {
    std::string name = type->get<std::string>();
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    *type = name;
  }
  if (const auto properties = schema.find("properties"); properties != schema.end()) {
    for (Json& property : *properties)
      property = gemini_schema(std::move(property));
  }
  if (const auto items = schema.find("items"); items != schema.end())
    *items = gemini_schema(std::move(*items));
  schema.erase("additionalProperties");
  return schema;
}

Json parts_of(const UserTurn& turn) {
  Json parts = Json::array();
  for (const ToolResult& result : turn.results) {
    Json answer{{"name", result.call.name},
                {"response", {{result.is_error ? "error" : "output", result.text}}}};
    if (!result.call.id.empty()) answer["id"] = result.call.id;
    parts.push_back({{"functionResponse", std::move(answer)}});
  }
  if (!turn.text.empty()) parts.push_back({{"text", turn.text}});
  return parts;
}

// A model's name stands in the URL's path.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '-' || byte == '.' ||
                          byte == '_' || byte == '/';
    out += is_plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return out;
}

net::HttpRequest make_generate(const Conversation& conversation, const model::SingleAgent& who,
                               const std::string& key) {
  Json contents = Json::array();
  for (const Turn& turn : conversation.turns) {
    if (const auto* ours = std::get_if<UserTurn>(&turn)) {
      contents.push_back({{"role", "user"}, {"parts", parts_of(*ours)}});
    } else if (const Json& native = std::get<ModelTurn>(turn).native; !native.empty()) {
      contents.push_back({{"role", "model"}, {"parts", native}});
    }
  }
  Json body{{"contents", std::move(contents)}, {"generationConfig", {{"maxOutputTokens", most_output(who)}}}};
  if (!conversation.system.empty())
    body["systemInstruction"] = {{"parts", Json::array({Json{{"text", conversation.system}}})}};
  Json functions = Json::array();
  for (const Tool& tool : conversation.tools) {
    functions.push_back({{"name", tool.name},
                         {"description", tool.description},
                         {"parameters", gemini_schema(tool.parameters)}});
  }
  if (!functions.empty()) body["tools"] = Json::array({Json{{"functionDeclarations", std::move(functions)}}});
  const std::string path = fmt::format("/v1beta/models/{}:streamGenerateContent?alt=sse", escaped(who.model));
  net::HttpRequest request = json_request(endpoint(who, kGemini.url, path), body);
  if (!key.empty()) request.headers.push_back({"x-goog-api-key", key});
  return request;
}

class GenerateReader final : public ReplyReader {
 private:
  void take(const Json& chunk) override {
    if (const Json& error = member(chunk, "error"); error.is_object()) return fail(error);
    if (const std::string name = text_at(chunk, "modelVersion"); !name.empty()) reply_.model = name;
    if (reply_.id.empty()) reply_.id = text_at(chunk, "responseId");
    take_usage(member(chunk, "usageMetadata"));
    if (const std::string why = text_at(member(chunk, "promptFeedback"), "blockReason"); !why.empty()) {
      reply_.is_whole = true;
      reply_.stop = Stop::refusal;
      return;
    }
    const Json& candidates = member(chunk, "candidates");
    if (!candidates.is_array() || candidates.empty()) return;
    const Json& candidate = candidates.front();
    if (const Json& parts = member(member(candidate, "content"), "parts"); parts.is_array()) {
      for (const Json& part : parts)
        take_part(part);
    }
    if (const std::string why = text_at(candidate, "finishReason"); !why.empty()) {
      reply_.is_whole = true;
      reply_.stop = stop_of(why);
    }
  }

  // Parts go back as they came: a signature belongs to its own. Only plain words are put together.
  void take_part(const Json& part) {
    if (!part.is_object() || parts_.size() >= kMostParts) return;
    const Json& text = member(part, "text");
    const bool is_signed = part.contains("thoughtSignature");
    if (is_true_at(part, "thought")) {
      if (is_signed) parts_.push_back(part);
      return;
    }
    if (text.is_string() && !is_signed && part.size() == 1 && !parts_.empty() && parts_.back().size() == 1 &&
        parts_.back().contains("text")) {
      parts_.back()["text"].get_ref<std::string&>() += text.get_ref<const std::string&>();
    } else if (!text.is_string() || !text.get_ref<const std::string&>().empty() || is_signed) {
      parts_.push_back(part);
    }
  }

  // Each chunk has that of the whole answer so far.
  void take_usage(const Json& usage) {
    if (!usage.is_object()) return;
    const std::uint64_t read = count_at(usage, "promptTokenCount");
    model::Tokens tokens;
    tokens.cached_input = std::min(read, count_at(usage, "cachedContentTokenCount"));
    tokens.input = read - tokens.cached_input + count_at(usage, "toolUsePromptTokenCount");
    tokens.output = count_at(usage, "candidatesTokenCount") + count_at(usage, "thoughtsTokenCount");
    reply_.cost.tokens = tokens;
  }

  void conclude() override {
    ModelTurn& turn = reply_.turn;
    Json native = Json::array();
    for (Json& part : parts_) {
      if (!is_true_at(part, "thought")) turn.text += text_at(part, "text");
      if (const Json& call = member(part, "functionCall"); call.is_object()) {
        const Json& arguments = member(call, "args");
        turn.calls.push_back({text_at(call, "id"), text_at(call, "name"),
                              arguments.is_object()
                                  ? arguments.dump(-1, ' ', false, Json::error_handler_t::replace)
                                  : std::string("{}")});
      }
      native.push_back(std::move(part));
    }
    turn.native = std::move(native);
    if (reply_.stop == Stop::end && !turn.calls.empty()) reply_.stop = Stop::calls;
  }

  void refine(ReplyError& failed, const Json& error) override {
    const Json& details = member(error, "details");
    if (!details.is_array()) return;
    bool is_for_the_day = failed.message.find("limit: 0") != std::string::npos;
    for (const Json& detail : details) {
      const std::string type = text_at(detail, "@type");
      if (type.ends_with("RetryInfo")) failed.retry_after = parse_wait(text_at(detail, "retryDelay"));
      const Json& violations = member(detail, "violations");
      if (!type.ends_with("QuotaFailure") || !violations.is_array()) continue;
      for (const Json& violation : violations) {
        const std::string quota = text_at(violation, "quotaId");
        is_for_the_day = is_for_the_day || quota.find("PerDay") != std::string::npos ||
                         quota.find("Daily") != std::string::npos;
      }
    }
    // Its words speak of an exceeded quota also where that of the minute is meant.
    if (text_at(error, "status") == "RESOURCE_EXHAUSTED")
      failed.failure = is_for_the_day ? AgentFailure::quota : AgentFailure::rate_limit;
  }

  static Stop stop_of(const std::string& why) {
    for (const char* withheld :
         {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"}) {
      if (why == withheld) return Stop::refusal;
    }
    if (why == "MAX_TOKENS") return Stop::length;
    if (why == "MALFORMED_FUNCTION_CALL" || why == "UNEXPECTED_TOOL_CALL" || why == "TOO_MANY_TOOL_CALLS")
      return Stop::muddle;
    return Stop::end;  // STOP, and what only some servers say
  }

  std::vector<Json> parts_;
};

}  // namespace

const ModelApi kGemini{"GEMINI_API_KEY", "https://generativelanguage.googleapis.com", make_generate,
                       make_reply_reader<GenerateReader>};

}  // namespace fleet::agents
