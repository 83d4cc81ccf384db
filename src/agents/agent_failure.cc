#include "agents/agent_failure.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace fleet::agents {
namespace {

using model::AgentFailure;

struct Sign {
  std::string_view words;  // in small letters
  AgentFailure failure;
};

// The first that is found counts: what is more exact stands before what is less so.
constexpr std::array kSigns{
    Sign{"credit balance is too low", AgentFailure::quota},
    Sign{"insufficient_quota", AgentFailure::quota},
    Sign{"exceeded your current quota", AgentFailure::quota},
    Sign{"billing_error", AgentFailure::quota},
    Sign{"quota exceeded", AgentFailure::quota},
    Sign{"usage limit", AgentFailure::quota},
    Sign{"terminalquotaerror", AgentFailure::quota},
    Sign{"rate_limit", AgentFailure::rate_limit},
    Sign{"rate limit", AgentFailure::rate_limit},
    Sign{"too many requests", AgentFailure::rate_limit},
    Sign{"resource_exhausted", AgentFailure::rate_limit},
    Sign{"overloaded", AgentFailure::overload},
    Sign{"service unavailable", AgentFailure::overload},
    Sign{"high demand", AgentFailure::overload},
    Sign{"internal server error", AgentFailure::overload},
    Sign{"server_error", AgentFailure::overload},
    Sign{"bad gateway", AgentFailure::overload},
    Sign{"invalid api key", AgentFailure::auth},
    Sign{"invalid_api_key", AgentFailure::auth},
    Sign{"invalid x-api-key", AgentFailure::auth},
    Sign{"incorrect api key", AgentFailure::auth},
    Sign{"api key not valid", AgentFailure::auth},
    Sign{"api_key_invalid", AgentFailure::auth},
    Sign{"authentication_error", AgentFailure::auth},
    Sign{"authenticationerror", AgentFailure::auth},
    Sign{"authentication failed", AgentFailure::auth},
    Sign{"401 unauthorized", AgentFailure::auth},
    Sign{"unauthenticated", AgentFailure::auth},
    Sign{"permission_denied", AgentFailure::auth},
    Sign{"not logged in", AgentFailure::auth},
    Sign{"please run /login", AgentFailure::auth},
    Sign{"prompt is too long", AgentFailure::context_too_long},
    Sign{"context_length_exceeded", AgentFailure::context_too_long},
    Sign{"exceeds the context window", AgentFailure::context_too_long},
    Sign{"maximum context length", AgentFailure::context_too_long},
    Sign{"maximum prompt length", AgentFailure::context_too_long},
    Sign{"exceeds the maximum number of tokens", AgentFailure::context_too_long},
    Sign{"not_found_error", AgentFailure::bad_request},
    Sign{"invalid_request", AgentFailure::bad_request},
    Sign{"model not found", AgentFailure::bad_request},
    Sign{"bad request", AgentFailure::bad_request},
    Sign{"econnrefused", AgentFailure::network},
    Sign{"econnreset", AgentFailure::network},
    Sign{"enotfound", AgentFailure::network},
    Sign{"etimedout", AgentFailure::network},
    Sign{"eai_again", AgentFailure::network},
    Sign{"timeout_error", AgentFailure::network},
    Sign{"connection error", AgentFailure::network},
    Sign{"connection refused", AgentFailure::network},
    Sign{"connection reset", AgentFailure::network},
    Sign{"stream disconnected", AgentFailure::network},
    Sign{"error sending request", AgentFailure::network},
    Sign{"fetch failed", AgentFailure::network},
    Sign{"premature close", AgentFailure::network},
    Sign{"error: terminated", AgentFailure::network},
};

}  // namespace

std::optional<AgentFailure> failure_of_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return AgentFailure::auth;
    case 402:
      return AgentFailure::quota;
    case 408:
    case 504:
      return AgentFailure::network;
    case 413:
      return AgentFailure::context_too_long;
    case 429:
      return AgentFailure::rate_limit;
    default:
      break;
  }
  if (status >= 500) return AgentFailure::overload;
  if (status >= 400) return AgentFailure::bad_request;
  return std::nullopt;
}

std::optional<AgentFailure> failure_of_text(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  for (const Sign& sign : kSigns) {
    if (small.find(sign.words) != std::string::npos) return sign.failure;
  }
  return std::nullopt;
}

}  // namespace fleet::agents
