#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/pattern.h"
#include "syntax/rewrite.h"

namespace fleet::syntax {

inline constexpr auto kAllLanguages = std::to_array({Language::c, Language::cpp, Language::javascript,
                                                     Language::python, Language::tsx, Language::typescript});

// The text of every match, or the error as the only one.
inline std::vector<std::string> matches(Language language, std::string_view find, std::string_view source) {
  const auto pattern = Pattern::compile(language, find);
  if (!pattern) return {pattern.error().message()};
  const auto tree = parse(language, source);
  if (!tree) return {tree.error().message()};
  const auto found = find_all(*pattern, *tree);
  if (!found) return {found.error().message()};
  std::vector<std::string> texts;
  for (const Match& match : *found)
    texts.emplace_back(match.span.of(source));
  return texts;
}

// The source rewritten, or the error.
inline std::string rewritten(Language language, std::string_view find, std::string_view replace,
                             std::string_view source) {
  const auto pattern = Pattern::compile(language, find);
  if (!pattern) return pattern.error().message();
  const auto replacement = Replacement::compile(*pattern, replace);
  if (!replacement) return replacement.error().message();
  const auto tree = parse(language, source);
  if (!tree) return tree.error().message();
  const auto result = rewrite(*pattern, *replacement, "a file", *tree);
  return result ? result->text : result.error().message();
}

struct MatchCase {
  Language language;
  std::string_view find;
  std::string_view source;
  std::vector<std::string> expected;
};

inline void PrintTo(const MatchCase& c, std::ostream* out) {
  *out << base::name_of(c.language) << ": `" << c.find << "` in `" << c.source << "`";
}

}  // namespace fleet::syntax
