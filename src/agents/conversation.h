#pragma once

#include <string>
#include <variant>
#include <vector>

#include "agents/json_lines.h"

// What is said between us and a model, in no provider's form.
namespace fleet::agents {

// Something that the model wants done.
struct ToolCall {
  std::string id;         // the provider's; empty where it gives none
  std::string name;       // as the model wrote it: it need not be one of ours
  std::string arguments;  // JSON, as the model wrote it: it need not be valid
};
struct ToolResult {
  ToolCall call;
  std::string text;
  bool is_error = false;
};

// What a provider is handed back of a call's arguments: those that are no JSON object would be refused by
// some, with all that comes after.
[[nodiscard]] inline std::string sound_arguments(const std::string& arguments) {
  return parse_json(arguments).is_object() ? arguments : "{}";
}

// Our turn: what became of the calls of the model's turn before, in their order, and words.
struct UserTurn {
  std::vector<ToolResult> results{};
  std::string text{};
};
// The model's turn.
struct ModelTurn {
  std::string text{};
  std::vector<ToolCall> calls{};
  // The turn in the provider's form, which it wants back as it was: what signs its reasoning is in it.
  Json native{};
};
using Turn = std::variant<UserTurn, ModelTurn>;

struct Tool {
  std::string name;
  std::string description;
  Json parameters;  // a JSON Schema of one flat object
};

struct Conversation {
  std::string system;
  std::vector<Tool> tools;
  std::vector<Turn> turns;  // the first is ours, and they take turns
};

}  // namespace fleet::agents
