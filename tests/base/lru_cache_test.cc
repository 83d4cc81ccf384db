#include "base/lru_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace fleet::base {
namespace {

TEST(LruCache, drops_what_was_not_used_for_longest) {
  LruCache<int, std::string> cache(30);
  cache.add(1, "one", 10);
  cache.add(2, "two", 10);
  cache.add(3, "three", 10);
  ASSERT_NE(cache.find(1), nullptr);
  cache.add(4, "four", 10);
  EXPECT_EQ(cache.find(2), nullptr);
  ASSERT_NE(cache.find(1), nullptr);
  EXPECT_EQ(*cache.find(1), "one");
  EXPECT_EQ(*cache.find(3), "three");
  EXPECT_EQ(*cache.find(4), "four");
}

TEST(LruCache, keeps_the_last_value_even_if_it_is_too_large) {
  LruCache<int, std::string> cache(30);
  cache.add(1, "one", 10);
  cache.add(2, "two", 100);
  EXPECT_EQ(cache.find(1), nullptr);
  ASSERT_NE(cache.find(2), nullptr);
  cache.add(3, "three", 10);
  EXPECT_EQ(cache.find(2), nullptr);
  EXPECT_NE(cache.find(3), nullptr);
}

TEST(LruCache, counts_a_key_once) {
  LruCache<int, std::string> cache(30);
  cache.add(1, "one", 20);
  cache.add(1, "another", 20);
  cache.add(2, "two", 10);
  ASSERT_NE(cache.find(1), nullptr);
  EXPECT_EQ(*cache.find(1), "one");
  cache.clear();
  EXPECT_EQ(cache.find(1), nullptr);
  EXPECT_EQ(cache.find(2), nullptr);
}

}  // namespace
}  // namespace fleet::base
