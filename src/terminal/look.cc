#include "terminal/look.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace fleet::terminal {

namespace {

constexpr int kNarrowestTerminal = 40;
constexpr int kWidest = 500;
constexpr int kWidthOfLogs = 120;  // where nobody says how wide they are

bool is_ci_with_colours(const Variables& variables) {
  return variables("GITHUB_ACTIONS") == "true" || variables("GITLAB_CI") == "true";
}

bool wants_colour(const Variables& variables, bool is_tty) {
  if (!variables("NO_COLOR").empty()) return false;
  if (const auto force = variables("CLICOLOR_FORCE"); !force.empty() && force != "0") return true;
  if (is_ci_with_colours(variables)) return true;
  return is_tty && variables("TERM") != "dumb" && !variables("TERM").empty() && variables("CLICOLOR") != "0";
}

bool is_utf8(const Variables& variables) {
  if (is_ci_with_colours(variables)) return true;
  for (const std::string_view name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string locale(variables(name));
    if (locale.empty()) continue;  // the next one decides
    for (char& c : locale)
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace

Look look_of(const Variables& variables, bool is_tty, std::optional<int> columns) {
  Look look;
  look.tty = is_tty && variables("TERM") != "dumb" && !variables("TERM").empty();
  look.colour = wants_colour(variables, is_tty);
  look.unicode = is_utf8(variables);
  const std::string_view said = variables("COLUMNS");
  int width = columns.value_or(kWidthOfLogs);
  if (width <= 0) width = kWidthOfLogs;
  if (int number = 0;
      std::from_chars(said.data(), said.data() + said.size(), number).ec == std::errc{} && number > 0)
    width = number;
  look.width = std::clamp(width, kNarrowestTerminal, kWidest);
  return look;
}

}  // namespace fleet::terminal
