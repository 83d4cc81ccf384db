#include <algorithm>
#include <utility>
#include <vector>

#include "workflow/parts.h"

// An expression in shell text is an error: what to write instead.
namespace fleet::workflow {
namespace {

// `inputs.dry-run` gives DRY_RUN.
std::string variable_for(std::string_view expression) {
  std::size_t end = expression.size();
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  while (end > 0 && !is_part(expression[end - 1]))
    --end;
  std::size_t start = end;
  while (start > 0 && is_part(expression[start - 1]))
    --start;
  std::string name;
  for (const char c : expression.substr(start, end - start))
    name += c == '-' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  const bool usable = !name.empty() && !(name[0] >= '0' && name[0] <= '9') && !name.starts_with("FLEET_");
  return usable ? name : "VALUE";
}

enum class Quotes { none, single, twofold };

// In which quotes of the shell a text ends that begins in these.
Quotes quotes_after(Quotes quotes, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quotes != Quotes::single) {
      ++i;
    } else if (c == '\'' && quotes != Quotes::twofold) {
      quotes = quotes == Quotes::none ? Quotes::single : Quotes::none;
    } else if (c == '"' && quotes != Quotes::single) {
      quotes = quotes == Quotes::none ? Quotes::twofold : Quotes::none;
    }
  }
  return quotes;
}

// The value of a variable as one word, or a part of the word that is being quoted.
std::string quoted_value(Quotes quotes, const std::string& name) {
  switch (quotes) {
    case Quotes::single:
      return fmt::format("'\"${}\"'", name);
    case Quotes::twofold:
      return fmt::format("${{{}}}", name);
    case Quotes::none:
      break;
  }
  return fmt::format("\"${}\"", name);
}

}  // namespace

std::string environment_instead(std::string_view key, std::string_view shell_text) {
  std::vector<std::pair<std::string, std::string>> variables;  // name, expression
  std::string command, first_place;
  Quotes quotes = Quotes::none;
  std::size_t at = 0;
  while (at < shell_text.size()) {
    const std::size_t start = std::min(shell_text.find("${{", at), shell_text.size());
    command += shell_text.substr(at, start - at);
    quotes = quotes_after(quotes, shell_text.substr(at, start - at));
    const std::size_t end = shell_text.find("}}", start);
    if (end == std::string_view::npos) {
      command += shell_text.substr(start);
      break;
    }
    const std::string expression(condition_of(shell_text.substr(start, end + 2 - start)).text);
    auto known = std::find_if(variables.begin(), variables.end(),
                              [&](const auto& each) { return each.second == expression; });
    if (known == variables.end()) {
      const std::string base = variable_for(expression);
      std::string name = base;
      const auto taken = [&](const auto& each) { return each.first == name; };
      for (int i = 2; std::any_of(variables.begin(), variables.end(), taken); ++i)
        name = fmt::format("{}_{}", base, i);
      known = variables.insert(variables.end(), {name, expression});
    }
    const std::string place = quoted_value(quotes, known->first);
    if (first_place.empty()) first_place = place;
    command += place;
    at = end + 2;
  }
  std::string lines = "give the value to the program by its environment:\n  env:\n";
  for (const auto& [name, expression] : variables)
    lines += fmt::format("    {}: ${{{{ {} }}}}\n", name, expression);
  if (command.find('\n') == std::string::npos) return lines + fmt::format("  {}: {}", key, command);
  return lines + fmt::format("and write `{}` in its place", first_place);
}

}  // namespace fleet::workflow
