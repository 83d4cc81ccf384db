#include "syntax/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "syntax/compiled_pattern.h"
#include "syntax/reading.h"

namespace fleet::syntax {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

void number_metavariables(Pattern::Compiled& pattern) {
  std::size_t named = 0;
  for (const Word& word : pattern.words) {
    if (word.name.empty()) continue;
    ++named;
    if (std::find(pattern.names.begin(), pattern.names.end(), word.name) == pattern.names.end()) {
      pattern.names.emplace_back(word.name);
    }
  }
  pattern.repeats_a_name = named > pattern.names.size();
}

// The names and numbers that every reading wants word for word.
std::vector<std::string> needed_words(const Pattern::Compiled& pattern) {
  std::vector<std::string> needed;
  for (std::size_t i = 0; i < pattern.words.size(); ++i) {
    const Word& word = pattern.words[i];
    const bool in_code = pattern.readings[0].node_of_word[i] != kNone;
    if (word.kind == WordKind::name && in_code) needed.emplace_back(word.span.of(pattern.text));
  }
  std::sort(needed.begin(), needed.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
  return needed;
}

}  // namespace

Result<Pattern> Pattern::compile(Language language, std::string_view text) {
  const std::string tried = fmt::format("read the pattern as {}", base::name_of(language));
  const std::string on = fmt::format("`{}`", trim(text).substr(0, 80));
  if (trim(text).empty()) return base::fail_input(tried, "", "it is empty");
  if (text.size() > kMaxLength) {
    return base::fail_input(tried, on, fmt::format("it is longer than {} bytes", kMaxLength));
  }
  if (text.find('\0') != std::string_view::npos) return base::fail_input(tried, on, "it holds a NUL byte");

  auto compiled = std::make_shared<Compiled>();
  compiled->language = language;
  compiled->text = trim(text);
  compiled->words = split_words(compiled->text);
  number_metavariables(*compiled);
  FLEET_TRY(Readings readings, read_pattern(*compiled, tried, on));
  compiled->readings = std::move(readings.all);
  compiled->cut = compiled->text.substr(compiled->text.size() - readings.cut);
  compiled->needed = needed_words(*compiled);
  return Pattern(std::move(compiled));
}

Language Pattern::language() const {
  return compiled_->language;
}
const std::string& Pattern::text() const {
  return compiled_->text;
}
const std::vector<std::string>& Pattern::names() const {
  return compiled_->names;
}

std::vector<Kind> Pattern::root_kinds() const {
  std::vector<Kind> kinds;
  for (const Reading& reading : compiled_->readings)
    kinds.push_back(reading.nodes[0].kind);
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

std::string_view Pattern::needed_word() const {
  return compiled_->needed.empty() ? std::string_view() : compiled_->needed[0];
}

bool Pattern::may_match(std::string_view source) const {
  return std::all_of(compiled_->needed.begin(), compiled_->needed.end(), [&](const std::string& word) {
    // An empty view may have no place at all, which memmem(3) does not take.
    return source.size() >= word.size() &&
           (word.empty() || memmem(source.data(), source.size(), word.data(), word.size()) != nullptr);
  });
}

}  // namespace fleet::syntax
