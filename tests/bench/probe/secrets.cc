#include "analysis/secrets.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <string_view>
#include <vector>

#include "analysis/secret_rules.h"
#include "bench/probe/probe.h"
#include "os/files.h"
#include "text/keyword_search.h"

// Secrets looked for in one file; as the peer the same expressions, those that need no name before the value,
// as a set of RE2 tried on each line; as the floor the search for keywords alone.
namespace fleet::bench {
namespace {

std::size_t match_lines(const re2::RE2::Set& set, std::string_view bytes) {
  std::size_t matches = 0;
  std::vector<int> numbers;
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    numbers.clear();
    re2::RE2::Set::ErrorInfo error{};
    set.Match({line.data(), line.size()}, &numbers, &error);
    if (error.kind != re2::RE2::Set::kNoError) give_up("the set ran out of memory");
    matches += numbers.size();
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
  }
  return matches;
}

Figures match_set(const std::string& bytes) {
  RE2::Options options;
  options.set_max_mem(std::int64_t{1} << 30);
  re2::RE2::Set set(options, re2::RE2::UNANCHORED);
  for (const analysis::SecretRule& rule : analysis::read_built_in_secret_rules()) {
    std::string why;
    if (rule.place != analysis::SecretPlace::assigned && set.Add(rule.regex, &why) < 0) give_up(why);
  }
  if (!set.Compile()) give_up("the set cannot be compiled");
  std::size_t found = 0;
  const double seconds = seconds_of([&] { found = match_lines(set, bytes); });
  return {{"seconds", seconds}, {"found", static_cast<double>(found)}};
}

Figures search_keywords(const std::string& bytes) {
  std::vector<std::string> words;
  for (const analysis::SecretRule& rule : analysis::read_built_in_secret_rules())
    words.insert(words.end(), rule.keywords.begin(), rule.keywords.end());
  const text::KeywordSearch keywords(words);
  std::size_t found = 0;
  const double seconds = seconds_of([&] {
    keywords.search(bytes, [&](std::uint32_t, std::size_t) {
      ++found;
      return true;
    });
  });
  return {{"seconds", seconds}, {"found", static_cast<double>(found)}};
}

Figures scan(const std::string& bytes) {
  const analysis::SecretScanner* scanner = nullptr;
  const double ready = seconds_of([&] { scanner = &analysis::SecretScanner::built_in(); });
  std::size_t found = 0;
  const double seconds = seconds_of([&] { found = scanner->scan("src/all.py", bytes).size(); });
  return {{"seconds", seconds}, {"ready_seconds", ready}, {"found", static_cast<double>(found)}};
}

}  // namespace

Figures probe_secrets(Arguments& arguments) {
  const std::string how = arguments.text();
  const std::string bytes = must(os::read_file(arguments.text(), 256 << 20));
  return how == "ours" ? scan(bytes) : how == "set" ? match_set(bytes) : search_keywords(bytes);
}

}  // namespace fleet::bench
