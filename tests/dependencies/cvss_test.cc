#include "dependencies/cvss.h"

#include <gtest/gtest.h>

#include <string>

namespace fleet::dependencies {
namespace {

// "Common Vulnerability Scoring System v3.1: Examples", https://www.first.org/cvss/v3.1/examples.
TEST(Cvss, ScoresTheExamplesOfFirst) {
  const std::pair<const char*, double> examples[] = {
      {"AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4},  {"AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1},
      {"AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9},  {"AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2},
      {"AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 8.8},  {"AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8},
      {"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5},  {"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
      {"AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", 6.8},  {"AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8},
      {"AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:N/A:N", 5.8},  {"AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H", 9.3},
      {"AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},  {"AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:N", 6.8},
      {"AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0}, {"AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0},
  };
  for (const auto& [vector, score] : examples) {
    EXPECT_EQ(cvss3_base_score(std::string("CVSS:3.1/") + vector), score) << vector;
    EXPECT_EQ(cvss3_base_score(std::string("CVSS:3.0/") + vector + "/E:P/RL:O/MAV:L"), score) << vector;
  }
}

TEST(Cvss, AnythingElseHasNoScore) {
  for (const char* vector :
       {"", "7.5", "CVSS:3.1/", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N", "AV:N/AC:L/Au:N/C:P/I:P/A:P",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:X", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/x", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N"})
    EXPECT_EQ(cvss3_base_score(vector), std::nullopt) << vector;
}

}  // namespace
}  // namespace fleet::dependencies
