#pragma once

#include <string>
#include <string_view>
#include <vector>

// Globs as gitignore(5) describes them, by trying everything: slow, and easy to see to be right. Of bracket
// expressions it knows only plain bytes and ranges without a slash.
namespace fleet::text::slow {

inline std::vector<std::string> components(std::string_view path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

inline bool component_matches(std::string_view glob, std::string_view name) {
  if (glob.empty()) return name.empty();
  if (glob[0] == '*')
    return component_matches(glob.substr(1), name) ||
           (!name.empty() && component_matches(glob, name.substr(1)));
  if (name.empty()) return false;
  if (glob[0] == '?') return component_matches(glob.substr(1), name.substr(1));
  if (glob[0] == '\\') return glob[1] == name[0] && component_matches(glob.substr(2), name.substr(1));
  if (glob[0] == '[') {
    const bool negated = glob[1] == '!';
    bool found = false;
    std::size_t i = negated ? 2 : 1;
    for (bool first = true; first || glob[i] != ']'; first = false) {
      const bool range = glob[i + 1] == '-' && glob[i + 2] != ']';
      found = found || (range ? glob[i] <= name[0] && name[0] <= glob[i + 2] : glob[i] == name[0]);
      i += range ? 3 : 1;
    }
    return found != negated && component_matches(glob.substr(i + 1), name.substr(1));
  }
  return glob[0] == name[0] && component_matches(glob.substr(1), name.substr(1));
}

using Names = std::vector<std::string>;

// `***` is read like `**`, as git does.
inline bool is_double_star(const std::string& glob) {
  return glob.size() >= 2 && glob.find_first_not_of('*') == std::string::npos;
}

inline bool names_match(const Names& globs, std::size_t g, const Names& names, std::size_t n,
                        std::size_t end) {
  if (g == globs.size()) return n == end;
  if (is_double_star(globs[g]) && g + 1 == globs.size()) return n < end;
  if (is_double_star(globs[g]))
    return names_match(globs, g + 1, names, n, end) || (n < end && names_match(globs, g, names, n + 1, end));
  return n < end && component_matches(globs[g], names[n]) && names_match(globs, g + 1, names, n + 1, end);
}

// Whether the glob matches a file of this path.
inline bool matches(std::string glob, std::string_view path) {
  const bool directory_only = glob.back() == '/';
  if (directory_only) glob.pop_back();
  const bool anchored = glob.find('/') != std::string::npos;
  if (glob.front() == '/') glob.erase(0, 1);
  Names globs = components(glob);
  if (!anchored) globs.insert(globs.begin(), "**");
  const Names names = components(path);
  for (std::size_t end = 1; end <= names.size(); ++end) {
    if (names_match(globs, 0, names, 0, end) && (end < names.size() || !directory_only)) return true;
  }
  return false;
}

// All paths that can exist, of these bytes, of up to `length` bytes, shortest first.
inline std::vector<std::string> all_paths(std::string_view bytes, std::size_t length) {
  std::vector<std::string> texts{""};
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string text = texts[i];
    bool good = true;
    for (const std::string& name : components(text))
      good = good && !name.empty() && name != "." && name != "..";
    if (good) paths.push_back(text);
    if (text.size() == length) continue;
    for (const char c : bytes)
      texts.push_back(text + c);
  }
  return paths;
}

}  // namespace fleet::text::slow
