#include "agents/agent_words.h"

#include "text/utf8.h"

namespace fleet::agents {

using model::AgentFailure;

std::string_view describe(AgentFailure failure) {
  switch (failure) {
    case AgentFailure::rate_limit:
      return "was asked for too much at once";
    case AgentFailure::quota:
      return "has nothing left of its quota";
    case AgentFailure::overload:
      return "found its provider overloaded";
    case AgentFailure::auth:
      return "was not let in";
    case AgentFailure::bad_request:
      return "was refused by its provider";
    case AgentFailure::context_too_long:
      return "cannot hold that much at once";
    case AgentFailure::refusal:
      return "will not do it";
    case AgentFailure::network:
      return "lost its connection";
    case AgentFailure::silence:
      return "was silent for too long";
    case AgentFailure::nonsense:
      return "cannot be understood";
    case AgentFailure::turns:
      return "used up its turns";
    case AgentFailure::denied:
      return "was not allowed to use a tool";
    case AgentFailure::unavailable:
      return "cannot be run";
  }
  return "failed";
}

std::string first_line(std::string_view text) {
  constexpr std::size_t kMost = 300;  // columns
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  return text::truncate(text::to_valid_utf8(text.substr(0, text.find_first_of("\r\n"))), kMost);
}

std::string name_of(std::string_view text) {
  constexpr std::size_t kMost = 100;  // columns
  return text::truncate(text::to_valid_utf8(text.substr(0, text.find_first_of("\r\n"))), kMost);
}

std::string end_of(const std::string& words) {
  constexpr std::size_t kMost = 8192;  // bytes
  return words.size() <= kMost ? words : text::to_valid_utf8(words.substr(words.size() - kMost));
}

}  // namespace fleet::agents
