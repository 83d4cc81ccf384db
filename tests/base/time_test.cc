#include "base/time.h"

#include <gtest/gtest.h>

namespace fleet::base {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, ReadsUnitsLargestFirst) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const char* text : {"", "s", "10", "10 s", "-1s", "1m1h", "1s1s", "1.s", ".5s", "1..5s", "1e3s", "1w",
                           "99999d", "1h30", "0x10s", "10S"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(FormatDuration, IsReadBackAsTheSame) {
  for (const Duration duration :
       {Duration(0s), Duration(1ms), Duration(59s), Duration(61s), Duration(25h + 3ms)}) {
    EXPECT_EQ(parse_duration(format_duration(duration)), duration) << format_duration(duration);
  }
}

TEST(DescribeDuration, RoundsForPeople) {
  EXPECT_EQ(describe_duration(840ms), "0.8s");
  EXPECT_EQ(describe_duration(245s), "4m05s");
  EXPECT_EQ(describe_duration(90min), "1h30m");
  EXPECT_EQ(describe_duration(99'960ms), "1m40s");
}

TEST(FormatTime, IsReadBackAsTheSame) {
  const TimePoint time(Duration(1'795'000'000'123'000));
  EXPECT_EQ(format_time(time), "2026-11-18T11:06:40.123Z");
  EXPECT_EQ(parse_time(format_time(time)), time);
  EXPECT_FALSE(parse_time("2026-11-18"));
}

TEST(ExactTime, IsReadBackAsTheVerySame) {
  for (const std::int64_t micros :
       {0LL, 1LL, 999'999LL, 1'000'000LL, 1'795'163'460'123'456LL, -1LL, -1'000'001LL}) {
    const TimePoint time{Duration(micros)};
    EXPECT_EQ(parse_time_exact(format_time_exact(time)), time) << format_time_exact(time);
  }
  EXPECT_EQ(format_time_exact(TimePoint(Duration(1'123'456))), "1970-01-01T00:00:01.123456Z");
}

TEST(ExactTime, RefusesEverythingElse) {
  for (const char* text :
       {"", "1970-01-01T00:00:01.123Z", "1970-01-01T00:00:01.1234567Z", "1970-01-01T00:00:01.12345xZ",
        "1970-01-01T00:00:01.123456+", "1970-01-01 00:00:01.123456Z"}) {
    EXPECT_FALSE(parse_time_exact(text)) << text;
  }
}

}  // namespace
}  // namespace fleet::base
