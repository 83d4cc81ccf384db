#include "syntax/rendering.h"

#include <fmt/format.h>

namespace fleet::syntax {
namespace {

// Whether a metavariable stands alone where a statement does.
bool is_statement(const Pattern::Compiled& pattern, std::size_t index) {
  const auto& words = pattern.words;
  const auto is_mark = [&](std::size_t i, std::string_view marks) {
    return words[i].kind == WordKind::mark && marks.find(pattern.text[words[i].span.start]) != marks.npos;
  };
  const bool begins = index == 0 || is_mark(index - 1, "{};):") || words[index - 1].is_metavariable();
  if (!begins) return false;
  if (index + 1 == words.size() || is_mark(index + 1, "}")) return true;
  const Span between{words[index].span.end, words[index + 1].span.start};
  return between.of(pattern.text).find('\n') != std::string_view::npos;
}

bool is_module(const Pattern::Compiled& pattern, std::size_t index) {
  return index > 0 && pattern.words[index - 1].span.of(pattern.text) == "from";
}

}  // namespace

Rendered render(const Pattern::Compiled& pattern, Spelling spelling) {
  std::string prefix = "fleetVar";
  while (pattern.text.find(prefix) != std::string::npos)
    prefix += 'r';
  Rendered out;
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < pattern.words.size(); ++i) {
    const Word& word = pattern.words[i];
    std::string stand_in;
    if (word.is_metavariable()) stand_in = fmt::format("{}{}_", prefix, i);
    if (word.is_metavariable() && spelling == Spelling::modules && is_module(pattern, i)) {
      stand_in = fmt::format("'{}'", stand_in);
    }
    out.text += pattern.text.substr(at, word.span.start - at);
    at = word.span.end;
    const auto start = static_cast<std::uint32_t>(out.text.size());
    out.text += word.is_metavariable() ? std::string_view(stand_in) : word.span.of(pattern.text);
    out.words.push_back({start, static_cast<std::uint32_t>(out.text.size())});
    out.semicolon_added.push_back(word.is_metavariable() && spelling == Spelling::statements &&
                                  is_statement(pattern, i));
    if (out.semicolon_added.back()) out.text += ';';
    out.stand_ins.push_back(std::move(stand_in));
  }
  return out;
}

}  // namespace fleet::syntax
