#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::base {

// All times and durations are whole microseconds; TimePoint counts from the Unix epoch, in UTC.
using Duration = std::chrono::microseconds;
using TimePoint = std::chrono::sys_time<Duration>;

// `90s`, `10m`, `1h30m`, `250ms`, `1.5s`, `2d`: numbers with units d, h, m, s, ms, largest first, each at
// most once, no spaces, no sign. Nothing when the text is anything else, or more than 10,000 days.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back as the same duration, to the millisecond: `1h30m`,
// `250ms`, `0s`.
[[nodiscard]] std::string format_duration(Duration duration);

// For people, rounded: `0.8s`, `12.3s`, `4m05s`, `1h30m`.
[[nodiscard]] std::string describe_duration(Duration duration);

// RFC 3339 in UTC with milliseconds: `2026-11-20T08:31:00.123Z`.
[[nodiscard]] std::string format_time(TimePoint time);
[[nodiscard]] std::optional<TimePoint> parse_time(std::string_view text);

// The same with microseconds, which is read back as the very same time: `2026-11-20T08:31:00.123456Z`.
[[nodiscard]] std::string format_time_exact(TimePoint time);
[[nodiscard]] std::optional<TimePoint> parse_time_exact(std::string_view text);

}  // namespace fleet::base

namespace fleet {
using base::Duration;
using base::TimePoint;
}  // namespace fleet
