#include "model/name.h"

#include <algorithm>

namespace fleet::model {
namespace {

constexpr std::size_t kMaxName = 200;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

bool is_safe_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxName || !is_word(name.front())) return false;
  const auto allowed = [](char c) { return is_word(c) || c == '-' || c == '.'; };
  return std::all_of(name.begin(), name.end(), allowed) && name.find("..") == name.npos &&
         !name.ends_with('.') && !name.ends_with(".lock");
}

bool is_safe_relative_path(std::string_view path) {
  if (path.empty() || path.find('\0') != path.npos) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == path.npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace fleet::model
