#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agents/conversation.h"
#include "agents/json_lines.h"
#include "base/result.h"

namespace fleet::agents {

// The arguments of a call, which may be anything. Errors are answers to the model (Fault::input).
class ToolArguments {
 public:
  [[nodiscard]] static Result<ToolArguments> parse(const ToolCall& call);

  [[nodiscard]] Result<std::string> text(const char* name) const;  // must be there
  [[nodiscard]] Result<std::string> text_or(const char* name, std::string otherwise) const;
  [[nodiscard]] Result<std::optional<std::size_t>> count(const char* name) const;
  [[nodiscard]] Result<bool> flag(const char* name) const;  // false where it is not there

 private:
  explicit ToolArguments(Json object) : object_(std::move(object)) {}
  Json object_;
};

}  // namespace fleet::agents
