#include "text/keyword_search.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>

#include "text/ascii.h"

namespace fleet::text {
namespace {

using Places = std::set<std::pair<std::uint32_t, std::size_t>>;

Places places(const std::vector<std::string>& words, std::string_view bytes) {
  Places found;
  KeywordSearch(words).search(bytes, [&](std::uint32_t word, std::size_t end) {
    EXPECT_TRUE(found.emplace(word, end).second);
    return true;
  });
  return found;
}

TEST(KeywordSearch, FindsWordsWithinWordsWhateverTheCase) {
  EXPECT_EQ(places({"api_key", "key", "pi_"}, "My API_Key"), (Places{{0, 10}, {1, 10}, {2, 7}}));
  EXPECT_EQ(places({"aa"}, "aaaa"), (Places{{0, 2}, {0, 3}, {0, 4}}));
  EXPECT_EQ(places({"a"}, ""), Places{});
  EXPECT_EQ(places({}, "abc"), Places{});
}

TEST(KeywordSearch, StopsWhenToldTo) {
  int calls = 0;
  KeywordSearch({"a"}).search("aaa", [&](std::uint32_t, std::size_t) { return ++calls < 2; });
  EXPECT_EQ(calls, 2);
}

TEST(KeywordSearch, FindsWhatLookingAtEachPlaceFinds) {
  std::mt19937 random(7);
  const auto draw = [&](std::size_t size, std::string_view alphabet) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text += alphabet[random() % alphabet.size()];
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    std::set<std::string> set;
    for (int i = 0; i < 12; ++i)
      set.insert(draw(1 + random() % 4, "ab-"));
    const std::vector<std::string> words(set.begin(), set.end());
    const std::string bytes = draw(60, "abAB-\xff\n");
    const std::string lower = to_ascii_lower(bytes);
    Places expected;
    for (std::uint32_t word = 0; word < words.size(); ++word) {
      for (std::size_t at = lower.find(words[word]); at != std::string::npos;
           at = lower.find(words[word], at + 1))
        expected.emplace(word, at + words[word].size());
    }
    EXPECT_EQ(places(words, bytes), expected) << bytes;
  }
}

}  // namespace
}  // namespace fleet::text
