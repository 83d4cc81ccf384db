#include "syntax/words.h"

namespace fleet::syntax {
namespace {

bool is_capital(char c) {
  return (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
// Bytes past ASCII are letters: what else they can be does not stand outside of strings and comments.
bool is_name(char c) {
  return is_capital(c) || is_digit(c) || (c >= 'a' && c <= 'z') || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

Word classify(std::string_view text, Span span) {
  Word word{WordKind::name, span, {}};
  const std::string_view whole = span.of(text);
  const bool many = whole.starts_with("$$$");
  const std::string_view name = whole.substr(many ? 3 : 1);
  if (whole[0] != '$' || (name.empty() && !many) || (!name.empty() && !is_capital(name[0]))) return word;
  for (const char c : name) {
    if (!is_capital(c) && !is_digit(c)) return word;
  }
  word.kind = many ? WordKind::many : WordKind::one;
  if (!name.starts_with('_')) word.name = name;
  return word;
}

}  // namespace

std::vector<Word> split_words(std::string_view text) {
  std::vector<Word> words;
  const auto size = static_cast<std::uint32_t>(text.size());
  for (std::uint32_t at = 0; at < size;) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    std::uint32_t end = at;
    while (end < size && is_name(text[end]))
      ++end;
    if (end == at) {
      words.push_back({WordKind::mark, {at, at + 1}, {}});
    } else {
      words.push_back(classify(text, {at, end}));
    }
    at = words.back().span.end;
  }
  return words;
}

}  // namespace fleet::syntax
