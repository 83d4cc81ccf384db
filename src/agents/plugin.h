#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/json_lines.h"

namespace fleet::agents {

// The protocol by which anybody's program is an agent (docs/plugins.md): one JSON object on stdin, then JSON
// objects on stdout, a line each. The request names the versions that fleet speaks; the first answer,
// `hello`, names the one that holds.
inline constexpr int kPluginProtocol = 1;

// What is written to a plugin's stdin, with its line end. `describe` asks for `hello` alone.
[[nodiscard]] std::string describe_request(int protocol = kPluginProtocol);
struct PluginRun {
  std::string_view prompt;
  std::string_view model;    // empty: the plugin's own choice
  std::optional<int> turns;  // at most
};
[[nodiscard]] std::string run_request(const PluginRun& run, int protocol = kPluginProtocol);

// Why a plugin's first answer cannot be gone on with; empty: it can.
[[nodiscard]] std::string wrong_hello(const Json& line);

// What is wrong with all that a plugin printed in answer to one request, a sentence each, as a line of text
// where it is about one: for who writes a plugin. Empty: nothing.
enum class PluginAnswer {
  description,  // `hello` alone
  result,       // `hello`, then `progress`, and `result` at the end
  refusal,      // to a version that no plugin speaks: `hello` with its own, or nothing, and no `result`
};
[[nodiscard]] std::vector<std::string> check_answer(std::string_view printed, PluginAnswer wanted);

}  // namespace fleet::agents
