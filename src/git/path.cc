#include "git/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "text/utf8.h"

namespace fleet::git {
namespace {

// Characters that git writes as a backslash and a letter.
constexpr std::string_view kNamed = "\a\b\t\n\v\f\r\"\\";
constexpr std::string_view kNames = "abtnvfr\"\\";

// HFS+ ignores these code points in names (git's utf8.c, next_hfs_char), here in UTF-8.
std::string without_ignored_characters(std::string_view name) {
  constexpr std::array<std::string_view, 16> ignored{
      "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d",
      "\u202e", "\u206a", "\u206b", "\u206c", "\u206d", "\u206e", "\u206f", "\ufeff"};
  std::string out;
  while (!name.empty()) {
    const auto hit = std::find_if(ignored.begin(), ignored.end(),
                                  [&](std::string_view character) { return name.starts_with(character); });
    if (hit == ignored.end()) out += name.front();
    name.remove_prefix(hit == ignored.end() ? 1 : hit->size());
  }
  return out;
}

bool equals_any_case(std::string_view a, std::string_view lower) {
  return a.size() == lower.size() && std::equal(a.begin(), a.end(), lower.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
         });
}

}  // namespace

bool is_safe_name(std::string_view name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos ||
      name.find('\0') != name.npos) {
    return false;
  }
  const std::string plain = without_ignored_characters(name);
  if (equals_any_case(plain, ".git")) return false;
  // NTFS: a stream's name after a colon, and trailing dots and spaces, do not count. A backslash separates.
  std::string_view rest = name;
  while (true) {
    const auto part_end = rest.find('\\');
    std::string_view part = rest.substr(0, part_end);
    part = part.substr(0, part.find(':'));
    while (!part.empty() && (part.back() == '.' || part.back() == ' '))
      part.remove_suffix(1);
    if (equals_any_case(part, ".git") || equals_any_case(part, "git~1")) return false;
    if (part_end == rest.npos) return true;
    rest.remove_prefix(part_end + 1);
  }
}

std::string plain_name(std::string_view name) {
  std::string out = without_ignored_characters(name);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

bool is_safe_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxPath) return false;
  while (true) {
    const auto slash = path.find('/');
    if (!is_safe_name(path.substr(0, slash))) return false;
    if (slash == path.npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::string quote_path(std::string_view path) {
  const bool plain_bytes = text::is_valid_utf8(path);
  std::string out;
  bool quoted = false;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (const auto at = kNamed.find(c); at != kNamed.npos) {
      out += '\\';
      out += kNames[at];
      quoted = true;
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !plain_bytes)) {
      out += fmt::format("\\{:03o}", byte);
      quoted = true;
    } else {
      out += c;
    }
  }
  return quoted ? '"' + out + '"' : out;
}

std::optional<std::string> unquote_path(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return std::nullopt;
  std::string_view rest = quoted.substr(1, quoted.size() - 2);
  std::string out;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') return std::nullopt;
    if (c != '\\') {
      out += c;
      continue;
    }
    const auto octal = [&](std::size_t at, char most) { return rest[at] >= '0' && rest[at] <= most; };
    if (rest.size() >= 3 && octal(0, '3') && octal(1, '7') && octal(2, '7')) {
      out += static_cast<char>((rest[0] - '0') * 64 + (rest[1] - '0') * 8 + (rest[2] - '0'));
      rest.remove_prefix(3);
    } else if (const auto name = rest.empty() ? kNames.npos : kNames.find(rest.front());
               name != kNames.npos) {
      out += kNamed[name];
      rest.remove_prefix(1);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace fleet::git
