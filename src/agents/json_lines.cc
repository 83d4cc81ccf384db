#include "agents/json_lines.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace fleet::agents {
namespace {

constexpr std::string_view kTooLong = "(a line that is too long to be read)";
constexpr std::string_view kTooDeep = "(a line that is nested too deep to be read)";

// Each level costs far more memory than its bracket.
bool is_too_deep(std::string_view line) {
  constexpr int kMost = 200;
  int depth = 0;
  bool is_text = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char byte = line[at];
    if (is_text) {
      if (byte == '\\') ++at;
      is_text = byte != '"';
    } else if (byte == '"') {
      is_text = true;
    } else if (byte == '{' || byte == '[') {
      if (++depth > kMost) return true;
    } else if (byte == '}' || byte == ']') {
      --depth;
    }
  }
  return false;
}

// The value of the escape `\uXXXX` at this place; 0: there is none.
unsigned escape_at(std::string_view line, std::size_t at) {
  unsigned value = 0;
  if (at + 6 > line.size() || line[at] != '\\' || line[at + 1] != 'u') return 0;
  const auto [end, error] = std::from_chars(line.data() + at + 2, line.data() + at + 6, value, 16);
  return error == std::errc() && end == line.data() + at + 6 ? value : 0;
}

// JavaScript writes half a character, of a text that was cut in the middle of one, as half of a pair. It
// becomes U+FFFD.
std::string with_whole_surrogates(std::string line) {
  const auto is_high = [](unsigned value) { return value >= 0xd800 && value < 0xdc00; };
  const auto is_low = [](unsigned value) { return value >= 0xdc00 && value < 0xe000; };
  for (std::size_t at = line.find('\\'); at < line.size(); at = line.find('\\', at)) {
    const unsigned value = escape_at(line, at);
    if (value == 0) {
      at += 2;
    } else if (is_high(value) && is_low(escape_at(line, at + 6))) {
      at += 12;
    } else {
      if (is_high(value) || is_low(value)) line.replace(at + 2, 4, "fffd");
      at += 6;
    }
  }
  return line;
}

}  // namespace

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
  const std::string line = std::exchange(line_, {});
  if (std::exchange(is_too_long_, false)) return handlers_.other(kTooLong);
  if (line.find_first_not_of(" \t\r") == std::string::npos) return;
  if (line.front() == '{') {
    if (is_too_deep(line)) return handlers_.other(kTooDeep);
    const Json object = parse_json(line);
    if (object.is_object()) return handlers_.object(object);
  }
  handlers_.other(std::string_view(line).substr(0, line.size() - (line.ends_with('\r') ? 1 : 0)));
}

Json parse_json(std::string_view text) {
  if (is_too_deep(text)) return Json(Json::value_t::discarded);
  // Without exceptions: what does not parse is a value of a kind of its own.
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) value = Json::parse(with_whole_surrogates(std::string(text)), nullptr, false);
  return value;
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

std::optional<int> int_at(const Json& object, std::string_view name) {
  const std::optional<double> number = number_at(object, name);
  return number && *number >= 0 && *number <= 1e9 ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::optional<double> usd_at(const Json& object, std::string_view name) {
  const std::optional<double> usd = number_at(object, name);
  return usd && *usd >= 0 && *usd <= kMostUsd ? usd : std::nullopt;
}

bool is_true_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_boolean() && value.get<bool>();
}

}  // namespace fleet::agents
