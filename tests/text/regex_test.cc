#include "text/regex.h"

#include <gtest/gtest.h>

#include <array>

namespace fleet::text {
namespace {

std::string replaced(std::string_view regex, std::string_view text, std::string_view replacement) {
  const auto result = Regex::parse(regex)->replace_all(text, replacement);
  return result ? result->text : result.error().why;
}

TEST(Regex, ReplacesAndCounts) {
  const auto regex = Regex::parse(R"((\w+)\((\d*)\))");
  ASSERT_TRUE(regex);
  const auto result = regex->replace_all("f(1) g() h", "${2}$1[$0]$$");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "1f[f(1)]$ g[g()]$ h");
  EXPECT_EQ(result->count, 2u);
  EXPECT_TRUE(regex->is_found_in("x(3)"));
  EXPECT_FALSE(regex->is_found_in("x"));
}

TEST(Regex, KnowsGroupsByNameAndWhereItReplaced) {
  const auto result =
      Regex::parse("(?P<left>[0-9]+)=(?P<right>[0-9]+)")->replace_all("x 1=2 3=4", "${right}=${left}");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "x 2=1 4=3");
  EXPECT_EQ(result->offsets, (std::vector<std::size_t>{2, 6}));
  EXPECT_EQ(replaced("(?P<a>x)", "x", "${b}"), "there is no group `b`");
  EXPECT_EQ(replaced("(x)", "x", "\\1"), "a group is written `$1`, not `\\1`");
}

TEST(Regex, MatchesAtLines) {
  EXPECT_EQ(replaced("^a$", "a\nb\na", "x"), "x\nb\nx");
  EXPECT_EQ(replaced("^", "a\nb", "> "), "> a\n> b");
}

TEST(Regex, ReplacesEmptyMatchesOnce) {
  EXPECT_EQ(replaced("x*", "axb", "-"), "-a-b-");
  EXPECT_EQ(replaced("", "\xc3\xa4", "-"), "-\xc3\xa4-");
  EXPECT_EQ(replaced("", "", "-"), "-");
}

TEST(Regex, PassesOtherBytesThrough) {
  EXPECT_EQ(replaced("a",
                     "\xff"
                     "a\xfe\0b",
                     "x"),
            std::string("\xff"
                        "x\xfe"));
}

TEST(Regex, FindsPlacesAndGroups) {
  const auto regex = Regex::parse(R"(\b(?P<name>[a-z]+)=(x)?([0-9]+))");
  ASSERT_TRUE(regex);
  EXPECT_EQ(regex->group("name"), 1u);
  EXPECT_FALSE(regex->group("other"));
  EXPECT_EQ(regex->count_groups(), 3u);
  std::array<Regex::Span, 5> spans;
  ASSERT_TRUE(regex->find("- ab=12", 0, Regex::Start::anywhere, spans));
  EXPECT_EQ(spans[0], (Regex::Span{2, 7}));
  EXPECT_EQ(spans[1], (Regex::Span{2, 4}));
  EXPECT_EQ(spans[2], Regex::Span{});
  EXPECT_EQ(spans[3], (Regex::Span{5, 7}));
  EXPECT_EQ(spans[4], Regex::Span{});
  EXPECT_TRUE(regex->find("- ab=12", 2, Regex::Start::at_once, spans));
  EXPECT_FALSE(regex->find("- ab=12", 3, Regex::Start::at_once, spans)) << "b is not the beginning of a word";
  EXPECT_FALSE(regex->find("- ab=12", 0, Regex::Start::at_once, spans));
  EXPECT_TRUE(regex->find("- ab=12", 0, Regex::Start::anywhere, {}));
}

TEST(Regex, RefusesWhatItCannotDo) {
  EXPECT_FALSE(Regex::parse("("));
  EXPECT_FALSE(Regex::parse("(a)\\1"));
  EXPECT_FALSE(Regex::parse(std::string(Regex::kMaxLength + 1, 'a')));
  EXPECT_EQ(replaced("a", "a", "$1"), "there is no group 1, the expression has 0");
  EXPECT_EQ(replaced("a", "a", "$x"), "the `$` at byte 1 is not followed by a group");
  EXPECT_EQ(replaced("a", "a", "${0"), "the `$` at byte 1 is not followed by a group");
  EXPECT_TRUE(Regex::parse("(a)")->check_replacement("$1"));
  EXPECT_FALSE(Regex::parse("(a)")->check_replacement("$2"));
  EXPECT_EQ(replaced(".+", std::string(1 << 20, 'a'),
                     "$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$"
                     "0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0"),
            "the result has more than 67108864 bytes");
}

}  // namespace
}  // namespace fleet::text
