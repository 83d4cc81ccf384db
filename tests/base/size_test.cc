#include "base/size.h"

#include <gtest/gtest.h>

namespace fleet::base {
namespace {

TEST(Size, ReadsNumbersWithAUnit) {
  EXPECT_EQ(parse_size("100B"), 100u);
  EXPECT_EQ(parse_size("64KB"), 65'536u);
  EXPECT_EQ(parse_size("512MB"), 536'870'912u);
  EXPECT_EQ(parse_size("1.5GB"), 1'610'612'736u);
  EXPECT_EQ(parse_size("2TB"), 2'199'023'255'552u);
  EXPECT_EQ(parse_size("0MB"), 0u);
}

TEST(Size, TakesNothingElse) {
  for (const char* text : {"", "B", "12", "1 GB", "1gb", "-1GB", "1e3MB", "1.GB", ".5GB", "1..5GB", "GB1",
                           "0x10MB", "9000000000TB", "infGB", "nanGB", "1GBGB"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace fleet::base
