#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace fleet {

// Compares with tests/<path>. With FLEET_ACCEPT=1 the file is written anew instead, and the test is skipped:
// it never passes by accepting.
inline void expect_golden(std::string_view path, const std::string& actual) {
  const std::string file = std::string(FLEET_SOURCE_DIR) + "/tests/" + std::string(path);
  if (const char* accept = std::getenv("FLEET_ACCEPT");
      accept != nullptr && std::string_view(accept) == "1") {
    std::ofstream(file, std::ios::binary) << actual;
    GTEST_SKIP() << "NOT TESTED: FLEET_ACCEPT=1 wrote " << file << " anew; look at the difference";
  }
  std::ifstream stream(file, std::ios::binary);
  std::stringstream expected;
  expected << stream.rdbuf();
  EXPECT_EQ(actual, expected.str()) << file
                                    << ": run with FLEET_ACCEPT=1 to accept, then read the difference";
}

}  // namespace fleet
