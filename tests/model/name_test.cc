#include "model/name.h"

#include <gtest/gtest.h>

#include <string>

namespace fleet::model {
namespace {

TEST(SafeName, TakesWhatTasksAndRunsAreCalled) {
  for (const char* name : {"a", "_x", "materials.core", "20261120-083100-ab12", "A-b_c.9", "lock", "0"})
    EXPECT_TRUE(is_safe_name(name)) << name;
  EXPECT_TRUE(is_safe_name(std::string(200, 'a')));
}

TEST(SafeName, RefusesWhatCannotBeARefAndAFile) {
  for (const char* name : {"",    ".",        "..",  "../x", "a/b", ".a", "a.", "a..b", "a.lock", "-a", "a b",
                           "a\n", "\xc3\xa9", "a:b", "a~",   "a^",  "a?", "a*", "a[",   "a\\b",   "@{"})
    EXPECT_FALSE(is_safe_name(name)) << name;
  EXPECT_FALSE(is_safe_name(std::string(201, 'a')));
  EXPECT_FALSE(is_safe_name(std::string("a\0b", 3)));
}

TEST(SafeRelativePath, StaysBelowItsFolder) {
  for (const char* path : {"a", "log/a/1.log", "a/..b", ".hidden", "caf\xe9/x y\n"})
    EXPECT_TRUE(is_safe_relative_path(path)) << path;
  for (const char* path : {"", "/", "/a", "a/", "a//b", ".", "./a", "..", "a/../b", "a/.."})
    EXPECT_FALSE(is_safe_relative_path(path)) << path;
  EXPECT_FALSE(is_safe_relative_path(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace fleet::model
