#include "agents/json_lines.h"

#include <algorithm>
#include <utility>

namespace fleet::agents {

void JsonLines::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    const std::size_t room = kMaxLine - line_.size();
    is_too_long_ = is_too_long_ || part.size() > room;
    line_ += part.substr(0, room);
    if (end == std::string_view::npos) return;
    take_line();
    bytes.remove_prefix(end + 1);
  }
}

void JsonLines::finish() {
  if (!line_.empty()) take_line();
}

void JsonLines::take_line() {
  std::string line = std::exchange(line_, {});
  const bool is_whole = !std::exchange(is_too_long_, false);
  if (line.ends_with('\r')) line.pop_back();
  if (line.find_first_not_of(" \t") == std::string::npos) return;
  if (is_whole && line.front() == '{') {
    // Without exceptions: what does not parse is a value of a kind of its own.
    const Json object = Json::parse(line, nullptr, false);
    if (object.is_object()) return handlers_.object(object);
  }
  constexpr std::size_t kShown = 4096;
  handlers_.other(std::string_view(line).substr(0, kShown));
}

const Json& member(const Json& object, std::string_view name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string text_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<double> number_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

std::uint64_t count_at(const Json& object, std::string_view name) {
  const std::optional<double> number = number_at(object, name);
  constexpr double kMost = 9e15;  // what a double counts exactly
  return number && *number > 0 ? static_cast<std::uint64_t>(std::min(*number, kMost)) : 0;
}

bool is_true_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_boolean() && value.get<bool>();
}

}  // namespace fleet::agents
