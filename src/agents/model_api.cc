#include "agents/model_api.h"

namespace fleet::agents {

const ModelApi* model_api(model::AgentKind kind) {
  switch (kind) {
    case model::AgentKind::anthropic:
      return &kAnthropicMessages;
    case model::AgentKind::openai:
      return &kChatCompletions;
    case model::AgentKind::openai_responses:
      return &kOpenaiResponses;
    case model::AgentKind::xai:
      return &kXaiCompletions;
    case model::AgentKind::mistral:
      return &kMistralCompletions;
    case model::AgentKind::gemini:
      return &kGemini;
    default:
      return nullptr;
  }
}

std::string endpoint(const model::SingleAgent& who, std::string_view url, std::string_view path) {
  std::string base(who.url.empty() ? url : std::string_view(who.url));
  while (base.ends_with('/'))
    base.pop_back();
  const std::string_view version = path.substr(0, path.find('/', 1));
  const std::size_t last = base.rfind('/');
  const std::string_view ending =
      last == std::string::npos ? std::string_view() : std::string_view(base).substr(last);
  // `/v1`, `/v1beta`, `/v4`: the user's own counts.
  const bool has_version =
      ending.size() > 2 && ending.starts_with("/v") && ending[2] >= '0' && ending[2] <= '9';
  return base + std::string(has_version ? path.substr(version.size()) : path);
}

net::HttpRequest json_request(std::string url, const Json& body) {
  net::HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers = {{"content-type", "application/json"}, {"accept", "text/event-stream"}};
  // Files of a repository, and what models write, may be no valid UTF-8.
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return request;
}

}  // namespace fleet::agents
