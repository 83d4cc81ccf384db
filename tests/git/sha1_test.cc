#include "git/sha1.h"

#include <gtest/gtest.h>

#include <string>

#include "git/support.h"

namespace fleet::git {
namespace {

std::string hex(const std::array<std::uint8_t, 20>& sum) {
  ObjectId id;
  id.bytes = sum;
  return id.hex();
}

TEST(Sha1, gives_the_sums_of_the_standard) {
  EXPECT_EQ(hex(sha1("")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(hex(sha1(std::string(1'000'000, 'a'))), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(Sha1, is_the_same_with_and_without_the_processors_instructions) {
  Dice dice(1);
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    EXPECT_EQ(sha1(bytes), sha1(bytes, Sha1By::plain_code)) << length;
    bytes += static_cast<char>(dice.below(256));
  }
}

}  // namespace
}  // namespace fleet::git
