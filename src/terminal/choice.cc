#include "terminal/choice.h"

#include <fmt/format.h>

#include <vector>

#include "text/utf8.h"

namespace fleet::terminal {

namespace {

std::string tidied(std::string_view answer) {
  std::string out;
  for (const char c : answer) {
    if (c == ' ' || c == '\t' || c == '\r') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace

std::string question_text(std::string_view question, std::span<const std::string> choices, bool colour) {
  std::string list;
  for (std::size_t i = 0; i < choices.size(); ++i)
    list += fmt::format("{}{} {}", i == 0 ? "" : ", ", i + 1, choices[i]);
  const std::string text = text::printable(question);
  return fmt::format("{}{}{} [{}] ", colour ? "\x1b[1m" : "", text, colour ? "\x1b[0m" : "", list);
}

std::optional<std::string> choose(std::string_view answer, std::span<const std::string> choices) {
  const std::string given = tidied(answer);
  if (given.empty()) return std::nullopt;
  std::vector<std::string> starts;  // choices that begin with what was given
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const std::string choice = tidied(choices[i]);
    if (given == choice || given == std::to_string(i + 1)) return choices[i];
    if (choice.compare(0, given.size(), given) == 0) starts.push_back(choices[i]);
  }
  return starts.size() == 1 ? std::optional(starts.front()) : std::nullopt;
}

}  // namespace fleet::terminal
