#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace fleet::base {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};

constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}}};
constexpr double kMost = 10'000 * 86'400e6;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Digits from the right, without the formatting library: every row of the database bears a time.
void put(std::string& text, std::size_t end, int digits, std::int64_t value) {
  for (; digits > 0; --digits, value /= 10)
    text[--end] = static_cast<char>('0' + value % 10);
}

// Rounded down to so many decimals of a second, 3 or 6.
std::string format_utc(TimePoint time, int decimals) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::int64_t micros = (time - day).count();
  const std::int64_t seconds = micros / 1'000'000;
  const std::int64_t fraction = micros % 1'000'000;
  std::string text = decimals == 3 ? "0000-00-00T00:00:00.000Z" : "0000-00-00T00:00:00.000000Z";
  put(text, 4, 4, static_cast<int>(date.year()));
  put(text, 7, 2, static_cast<unsigned>(date.month()));
  put(text, 10, 2, static_cast<unsigned>(date.day()));
  put(text, 13, 2, seconds / 3600);
  put(text, 16, 2, seconds / 60 % 60);
  put(text, 19, 2, seconds % 60);
  put(text, 20 + static_cast<std::size_t>(decimals), decimals, decimals == 3 ? fraction / 1000 : fraction);
  return text;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  double total = 0;
  std::size_t next_unit = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.'))
      ++digits;
    if (digits == 0 || !is_digit(text[0]) || !is_digit(text[digits - 1])) return std::nullopt;
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
    if (error != std::errc{} || end != text.data() + digits) return std::nullopt;
    text.remove_prefix(digits);
    std::size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters]))
      ++letters;
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name)
      ++next_unit;
    if (next_unit == kUnits.size()) return std::nullopt;
    total += number * static_cast<double>(kUnits[next_unit].microseconds);
    if (!(total <= kMost)) return std::nullopt;
    ++next_unit;
  }
  return Duration(std::llround(total));
}

std::string format_duration(Duration duration) {
  std::int64_t rest = duration.count();
  std::string text;
  for (const Unit& unit : kUnits) {
    const std::int64_t count = rest / unit.microseconds;
    rest %= unit.microseconds;
    if (count > 0) text += fmt::format("{}{}", count, unit.name);
  }
  return text.empty() ? "0s" : text;
}

std::string describe_duration(Duration duration) {
  const double seconds = static_cast<double>(duration.count()) / 1e6;
  if (seconds < 99.95) return fmt::format("{:.1f}s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole % 3600 / 60);
}

std::string format_time(TimePoint time) {
  return format_utc(time, 3);
}

std::optional<TimePoint> parse_time(std::string_view text) {
  std::tm parts{};
  int millis = 0;
  int read = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &millis, &read) != 7 ||
      read != 24 || copy.size() != 24) {
    return std::nullopt;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return TimePoint(std::chrono::seconds(timegm(&parts)) + std::chrono::milliseconds(millis));
}

std::string format_time_exact(TimePoint time) {
  return format_utc(time, 6);
}

std::optional<TimePoint> parse_time_exact(std::string_view text) {
  if (text.size() != 27 || !is_digit(text[23]) || !is_digit(text[24]) || !is_digit(text[25]))
    return std::nullopt;
  const auto whole = parse_time(std::string(text.substr(0, 23)) + 'Z');
  if (!whole || text[26] != 'Z') return std::nullopt;
  return *whole + Duration((text[23] - '0') * 100 + (text[24] - '0') * 10 + (text[25] - '0'));
}

}  // namespace fleet::base
