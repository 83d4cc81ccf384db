#include "text/ignore.h"

#include <utility>

namespace fleet::text {
namespace {

// Spaces at the end do not count, unless a backslash protects them.
std::string_view without_trailing_spaces(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      if (++i == line.size()) return line;
      end = i + 1;
    } else if (line[i] != ' ') {
      end = i + 1;
    }
  }
  return line.substr(0, end);
}

bool has_special(std::string_view text) {
  return text.find_first_of("*?[\\") != std::string_view::npos;
}

std::string_view parent(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

}  // namespace

void IgnoreRules::add(std::string_view directory, std::string_view content) {
  std::vector<Rule>& rules = levels_[std::string(directory)];
  if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
  while (!content.empty()) {
    const std::size_t newline = content.find('\n');
    std::string_view line = content.substr(0, newline);
    content.remove_prefix(newline == std::string_view::npos ? content.size() : newline + 1);
    if (line.starts_with('#')) continue;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = without_trailing_spaces(line.substr(0, line.find('\0')));  // git reads C strings
    if (line.size() > kMaxPatternLength) continue;

    Rule rule;
    if (line.starts_with('!')) {
      rule.negated = true;
      line.remove_prefix(1);
    }
    std::string_view name = line;
    if (name.ends_with('/')) name.remove_suffix(1);
    rule.directory_only = name.size() != line.size();
    if (name.empty()) continue;
    if (name.find('/') == std::string_view::npos && !has_special(name)) {
      rule.kind = Kind::name;
      rule.literal = name;
    } else if (name.find('/') == std::string_view::npos && name.front() == '*' &&
               !has_special(name.substr(1))) {
      rule.kind = Kind::name_end;
      rule.literal = name.substr(1);
    } else {
      rule.kind = name.find('/') == std::string_view::npos ? Kind::name_pattern : Kind::path_pattern;
      rule.pattern = PathPattern::compile(line, PathPattern::Flavour::git);
      if (rule.pattern.problem()) continue;
    }
    rules.push_back(std::move(rule));
  }
}

bool IgnoreRules::matches(const Rule& rule, std::string_view name, std::string_view relative) {
  switch (rule.kind) {
    case Kind::name:
      return name == rule.literal;
    case Kind::name_end:
      return name.ends_with(rule.literal);
    case Kind::name_pattern:
      return rule.pattern.match(name).exact;
    case Kind::path_pattern:
      return rule.pattern.match(relative).exact;
  }
  return false;
}

Ignored IgnoreRules::check(std::string_view path, bool is_directory) const {
  const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  std::string_view directory = path;
  while (!directory.empty()) {
    directory = parent(directory);
    const auto level = levels_.find(directory);
    if (level == levels_.end()) continue;
    const std::string_view relative = directory.empty() ? path : path.substr(directory.size() + 1);
    for (auto rule = level->second.rbegin(); rule != level->second.rend(); ++rule) {
      if (rule->directory_only && !is_directory) continue;
      if (matches(*rule, name, relative)) return rule->negated ? Ignored::no : Ignored::yes;
    }
  }
  return Ignored::no;
}

Ignored IgnoreRules::check_with_parents(std::string_view path, bool is_directory) const {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    if (check(path.substr(0, slash), true) == Ignored::yes) return Ignored::yes;
  }
  return check(path, is_directory);
}

}  // namespace fleet::text
