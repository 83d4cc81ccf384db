#include "text/regex_filter.h"

#include <gtest/gtest.h>

#include "text/keyword_search.h"
#include "text/regex.h"

namespace fleet::text {
namespace {

std::vector<bool> may_match(const RegexFilter& filter, std::string_view text) {
  std::vector<bool> is_there(filter.words().size());
  if (!is_there.empty()) {
    KeywordSearch(filter.words()).search(text, [&](std::uint32_t word, std::size_t) {
      is_there[word] = true;
      return true;
    });
  }
  return filter.may_match(is_there);
}

bool passes(const std::string& expression, std::string_view text) {
  EXPECT_TRUE(Regex::parse(expression)->is_found_in(text)) << expression;
  return may_match(RegexFilter({expression}), text)[0];
}

TEST(RegexFilter, LetsThroughAllThatMatches) {
  EXPECT_TRUE(passes("(?is)select.from", "SELECT\nFROM"));
  EXPECT_TRUE(passes("(?i:password)word", "PassWordword"));
  EXPECT_TRUE(passes("[[:alpha:]]word", "xword"));
  EXPECT_TRUE(passes("\\x41bcd", "Abcd"));
  EXPECT_TRUE(passes("\\pLabcd", "\u00e9abcd"));
  EXPECT_TRUE(passes("caf\u00e9?teria", "cafteria"));
  EXPECT_TRUE(passes("one{x|y}two", "y}two"));
  EXPECT_TRUE(passes("abcd{0,2}efgh", "abcefgh"));
  EXPECT_TRUE(passes("(first)?second", "second"));
  EXPECT_TRUE(passes("first|second", "second"));
  EXPECT_TRUE(passes("\\Qa.b*c\\E", "a.b*c"));
  EXPECT_TRUE(passes("(?i)\u00c9cole", "\u00e9cole"));
  EXPECT_TRUE(passes("(?i)password", "pa\u017f\u017fword"));
  EXPECT_TRUE(passes("(?i)token", "to\u212aen"));
  EXPECT_TRUE(passes("^$", ""));
}

TEST(RegexFilter, KeepsOutWhatLacksItsWords) {
  const RegexFilter filter({"os\\.system\\(", "(?i)select|insert", "a.b"});
  EXPECT_EQ(may_match(filter, "nothing"), (std::vector<bool>{false, false, true}));
  EXPECT_EQ(may_match(filter, "INSERT"), (std::vector<bool>{false, true, true}));
  EXPECT_EQ(may_match(filter, "os.system(x)"), (std::vector<bool>{true, false, true}));
  EXPECT_TRUE(may_match(RegexFilter({}), "x").empty());
}

}  // namespace
}  // namespace fleet::text
