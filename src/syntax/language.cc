#include "syntax/language.h"

#include <algorithm>
#include <array>

#include "syntax/grammar.h"

namespace fleet::syntax {
namespace {

constexpr auto kLanguages =
    std::to_array({Language::c, Language::cpp, Language::go, Language::java, Language::javascript,
                   Language::python, Language::rust, Language::tsx, Language::typescript});

bool ends_with(std::string_view path, std::string_view lower_ending) {
  if (path.size() <= lower_ending.size()) return false;
  return std::equal(
      lower_ending.begin(), lower_ending.end(), path.end() - lower_ending.size(),
      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b); });
}

// Words that a C header does not have outside of comments.
bool uses_cpp(std::string_view source) {
  for (const std::string_view word : {"namespace ", "template <", "template<", "\nclass ",
                                      "public:", "private:", "virtual ", "constexpr ", "std::", "operator"}) {
    if (source.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// `#!/usr/bin/env -S python3 -u`, `#!/usr/bin/node`: the first word that names an interpreter.
std::optional<Language> language_of_shebang(std::string_view source) {
  if (!source.starts_with("#!")) return std::nullopt;
  std::string_view line = source.substr(2, std::min(source.find('\n'), std::size_t{256}) - 2);
  while (!line.empty()) {
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    const std::string_view name = word.substr(word.rfind('/') + 1);
    if (name.starts_with("python") || name.starts_with("pypy")) return Language::python;
    if (name == "node" || name == "nodejs") return Language::javascript;
    if (name == "deno" || name == "bun" || name == "ts-node" || name == "tsx") return Language::typescript;
    line.remove_prefix(std::min(line.size(), word.size() + 1));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Language> find_language(std::string_view name) {
  return base::from_name<Language>(name);
}

std::string language_names() {
  std::string names;
  for (const Language language : kLanguages) {
    if (!names.empty()) names += ", ";
    names += base::name_of(language);
  }
  return names;
}

bool covers(Language language, std::string_view path) {
  const auto& endings = grammar_of(language).endings;
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return ends_with(path, ending); });
}

std::optional<Language> language_of(std::string_view path, std::string_view source) {
  if (ends_with(path, ".h")) return uses_cpp(source) ? Language::cpp : Language::c;
  for (const Language language : kLanguages) {
    if (covers(language, path)) return language;
  }
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.find('.') == std::string_view::npos ? language_of_shebang(source) : std::nullopt;
}

}  // namespace fleet::syntax
