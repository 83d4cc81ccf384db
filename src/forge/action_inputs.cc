#include "forge/action_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "text/ascii.h"

namespace fleet::forge {
namespace {

// Upper case, and spaces to `_`: dashes stay.
std::optional<std::string> value_of(const Variables& variables, std::string_view input) {
  std::string name = "INPUT_";
  for (const char c : input)
    name += c == ' ' ? '_' : text::to_ascii_upper(c);
  const std::optional<std::string> value = variables(name);
  if (!value || text::trim(*value).empty()) return std::nullopt;
  return std::string(text::trim(*value));
}

Result<bool> read_truth(std::string_view input, const std::string& value) {
  if (value == "true" || value == "false") return value == "true";
  return base::fail_input("use the input", std::string(input), fmt::format("`{}` is no truth value", value),
                          "write true or false");
}

// Whatever else it is, a line break in it is a slip of YAML, and no part of a number or a path.
Result<> check_one_line(std::string_view input, const std::string& value) {
  if (value.find_first_of("\r\n") == std::string::npos) return {};
  return base::fail_input("use the input", std::string(input), "it has more than one line",
                          "write it on one");
}

void add_lines(std::vector<std::string>& words, std::string_view option, std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = text::trim(lines.substr(0, end));
    if (!line.empty()) words.push_back(fmt::format("--{}={}", option, line));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

// `json, html` and a list of lines are the same.
std::string on_one_line(std::string value) {
  std::replace(value.begin(), value.end(), '\n', ',');
  return value;
}

bool is_for(const ActionInput& input, InputFor command) {
  return input.command == InputFor::all || input.command == command ||
         (input.command == InputFor::both && command != InputFor::publish);
}

}  // namespace

Result<ActionInputs> read_action_inputs(const Variables& variables) {
  ActionInputs inputs;
  const InputFor command = value_of(variables, "publish-from")  ? InputFor::publish
                           : value_of(variables, "resume-from") ? InputFor::resume
                                                                : InputFor::run;
  std::vector<std::string> folder;
  std::vector<std::string> options;
  std::vector<std::string> arguments;
  for (const ActionInput& input : kActionInputs) {
    std::optional<std::string> value = value_of(variables, input.name);
    if (!value || !is_for(input, command)) continue;
    if (input.name == "formats") value = on_one_line(*std::move(value));
    if (input.use != InputUse::lines) FLEET_CHECK(check_one_line(input.name, *value));
    switch (input.use) {
      case InputUse::workflow:
        arguments = {"--", *value};
        break;
      case InputUse::folder:
        folder = {"-C" + *value};
        break;
      case InputUse::option:
        options.push_back(fmt::format("--{}={}", input.option, *value));
        break;
      case InputUse::lines:
        add_lines(options, input.option, *value);
        break;
      case InputUse::flag: {
        FLEET_TRY(const bool is_set, read_truth(input.name, *value));
        if (is_set) options.push_back(fmt::format("--{}", input.option));
        break;
      }
      case InputUse::resume:
        options.push_back("--from=" + *value);
        break;
      case InputUse::publish:
        arguments = {"--", *value};
        break;
      case InputUse::token:
        inputs.token = *std::move(value);
        break;
      case InputUse::trust_fork: {
        FLEET_TRY(inputs.trusts_fork, read_truth(input.name, *value));
        break;
      }
    }
  }
  inputs.words = {command == InputFor::publish ? "publish" : command == InputFor::resume ? "resume" : "run"};
  // First the folder: all other paths are relative to it.
  for (const auto* part : {&folder, &options, &arguments})
    inputs.words.insert(inputs.words.end(), part->begin(), part->end());
  return inputs;
}

}  // namespace fleet::forge
