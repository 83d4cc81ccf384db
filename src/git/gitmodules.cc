#include "git/gitmodules.h"

#include <algorithm>

#include "git/path.h"

namespace fleet::git {
namespace {

constexpr std::string_view kGitmodules = ".gitmodules";

bool is_digit(char c, char from) {
  return c >= from && c <= '9';
}

// What NTFS makes of it where it has no room for more than eight characters: `gitmod~1`, or a part of a hash
// (is_ntfs_dot_generic() in git's path.c). The name is in lower case.
bool starts_with_short_name(std::string_view name) {
  if (name.size() < 8) return false;
  if (name.starts_with("gitmod~") && name[7] >= '1' && name[7] <= '4') return true;
  const std::string_view hashed("gi7eba");
  const auto tilde = name.find('~');
  if (tilde > hashed.size() || name.substr(0, tilde) != hashed.substr(0, tilde)) return false;
  return is_digit(name[tilde + 1], '1') &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(tilde) + 2, name.begin() + 8,
                     [](char c) { return is_digit(c, '0'); });
}

}  // namespace

std::vector<std::string> paths_in_gitmodules(std::string_view text) {
  const auto trim = [](std::string_view part) {
    const auto first = part.find_first_not_of(" \t\r");
    if (first == part.npos) return std::string_view();
    return part.substr(first, part.find_last_not_of(" \t\r") - first + 1);
  };
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto equals = line.find('=');
    if (equals == line.npos || trim(line.substr(0, equals)) != "path") continue;
    std::string_view value = trim(line.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (is_safe_path(value)) out.emplace_back(value);
  }
  return out;
}

bool is_gitmodules_name(std::string_view name) {
  const std::string plain = plain_name(name);  // as HFS+ compares it
  if (plain == kGitmodules) return true;
  // NTFS: a stream's name after a colon, and trailing dots and spaces, do not count.
  std::string_view rest = plain;
  if (rest.starts_with(kGitmodules)) {
    rest.remove_prefix(kGitmodules.size());
  } else if (starts_with_short_name(rest)) {
    rest.remove_prefix(8);
  } else {
    return false;
  }
  return rest.substr(0, rest.find(':')).find_first_not_of(" .") == rest.npos;
}

}  // namespace fleet::git
