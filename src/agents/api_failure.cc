#include "agents/api_failure.h"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>

#include "agents/agent_failure.h"

namespace fleet::agents {
namespace {

using model::AgentFailure;

constexpr Duration kLongestTold = std::chrono::hours(24);

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_all = error == std::errc() && end == text.data() + text.size();
  return is_all && std::isfinite(value) && value >= 0 ? std::optional(value) : std::nullopt;
}

std::optional<Duration> wait_of(double seconds) {
  const double most = std::chrono::duration<double>(kLongestTold).count();
  return std::chrono::ceil<Duration>(std::chrono::duration<double>(std::min(seconds, most)));
}

// RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
std::optional<TimePoint> parse_http_date(std::string_view text) {
  std::tm parts{};
  const std::string date(text);
  const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return TimePoint(std::chrono::seconds(::timegm(&parts)));
}

// RFC 3339, section 5.6, with a fraction and an offset or without.
std::optional<TimePoint> parse_timestamp(std::string_view text) {
  std::tm parts{};
  const std::string date(text);
  const char* end = ::strptime(date.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (end == nullptr) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(end - date.c_str()));
  if (rest.starts_with('.'))
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  const TimePoint time{std::chrono::seconds(::timegm(&parts))};
  if (rest == "Z") return time;
  int hours = 0;
  int minutes = 0;
  const char sign = rest.empty() ? '\0' : rest.front();
  if (rest.size() != 6 || (sign != '+' && sign != '-') ||
      std::sscanf(std::string(rest.substr(1)).c_str(), "%2d:%2d", &hours, &minutes) != 2)
    return std::nullopt;
  const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return sign == '+' ? time - offset : time + offset;
}

std::optional<Duration> until(std::optional<TimePoint> when, const net::HttpHead& head) {
  const auto date = head.header("date");
  const auto now = date ? parse_http_date(*date) : std::nullopt;
  if (!when || !now) return std::nullopt;
  return std::clamp(*when - *now, Duration{}, kLongestTold);
}

}  // namespace

std::optional<Duration> parse_wait(std::string_view text) {
  double seconds = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto value = number(text.substr(0, digits));
    text.remove_prefix(digits);
    const std::size_t unit_size = std::min(text.find_first_of("0123456789."), text.size());
    const std::string_view unit = text.substr(0, unit_size);
    text.remove_prefix(unit_size);
    const double size = unit == "h"    ? 3600
                        : unit == "m"  ? 60
                        : unit == "s"  ? 1
                        : unit == "ms" ? 1e-3
                        : unit == "us" ? 1e-6
                                       : 0;
    if (!value || size == 0) return std::nullopt;
    seconds += *value * size;
  }
  return wait_of(seconds);
}

std::optional<Duration> wait_by_headers(const net::HttpHead& head) {
  if (const auto text = head.header("retry-after-ms")) {
    if (const auto milliseconds = number(*text)) return wait_of(*milliseconds / 1000);
  }
  if (const auto text = head.header("retry-after")) {
    if (const auto seconds = number(*text)) return wait_of(*seconds);
    if (const auto wait = until(parse_http_date(*text), head)) return wait;
  }
  // The limit that opens last, of those of which nothing is left.
  std::optional<Duration> longest;
  for (const net::Header& header : head.headers) {
    constexpr std::string_view kAnthropic = "anthropic-ratelimit-";
    constexpr std::string_view kOthers = "x-ratelimit-";
    constexpr std::string_view kRemaining = "remaining";
    const std::size_t at = header.name.find(kRemaining);
    const bool is_anthropic = header.name.starts_with(kAnthropic);
    if (header.value != "0" || at == std::string::npos || !(is_anthropic || header.name.starts_with(kOthers)))
      continue;
    std::string reset = header.name;
    reset.replace(at, kRemaining.size(), "reset");
    const auto value = head.header(reset);
    if (!value) continue;
    const auto wait = is_anthropic ? until(parse_timestamp(*value), head) : parse_wait(*value);
    if (wait) longest = std::max(longest.value_or(Duration{}), *wait);
  }
  return longest;
}

std::optional<AgentFailure> failure_of_answer(int status, std::string_view words) {
  const auto by_words = failure_of_text(words);
  const auto by_status = failure_of_status(status);
  // These two stand for several things; any other says more than a text does.
  const bool is_vague = status == 400 || status == 429 || status < 400;
  return by_words && is_vague ? by_words : by_status ? by_status : by_words;
}

}  // namespace fleet::agents
