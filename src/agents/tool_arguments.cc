#include "agents/tool_arguments.h"

#include <fmt/format.h>

#include <cmath>

namespace fleet::agents {
namespace {

tl::unexpected<Error> wrong(const char* name, std::string_view what) {
  return base::fail_input("read", fmt::format("the argument `{}`", name), std::string(what));
}

}  // namespace

Result<ToolArguments> ToolArguments::parse(const ToolCall& call) {
  Json object =
      parse_json(call.arguments.empty() ? std::string_view("{}") : std::string_view(call.arguments));
  if (object.is_object()) return ToolArguments(std::move(object));
  return base::fail_input("read", "the arguments", "they are not one whole JSON object",
                          "a long text may have been cut: write it in smaller pieces");
}

Result<std::string> ToolArguments::text(const char* name) const {
  const Json& value = member(object_, name);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return wrong(name, "it is missing");
  return wrong(name, "it is not a string");
}

Result<std::string> ToolArguments::text_or(const char* name, std::string otherwise) const {
  if (member(object_, name).is_null()) return otherwise;
  return text(name);
}

Result<std::optional<std::size_t>> ToolArguments::count(const char* name) const {
  const Json& value = member(object_, name);
  if (value.is_null()) return std::optional<std::size_t>();
  const double number = value.is_number() ? value.get<double>() : -1;
  if (number < 0 || number > 1e9 || std::floor(number) != number)
    return wrong(name, "it is not a whole number from 0 on");
  return std::optional(static_cast<std::size_t>(number));
}

Result<bool> ToolArguments::flag(const char* name) const {
  const Json& value = member(object_, name);
  if (value.is_null()) return false;
  if (value.is_boolean()) return value.get<bool>();
  return wrong(name, "it is not true or false");
}

}  // namespace fleet::agents
