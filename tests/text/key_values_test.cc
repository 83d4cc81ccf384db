#include "text/key_values.h"

#include <gtest/gtest.h>

namespace fleet::text {
namespace {

using Values = std::map<std::string, std::string>;

Values read(std::string_view content) {
  const auto values = parse_key_values(content, "outputs");
  EXPECT_TRUE(values) << values.error().message();
  return values.value_or(Values{});
}

std::string why_not(std::string_view content) {
  const auto values = parse_key_values(content, "outputs");
  return values ? "nothing is wrong" : values.error().why;
}

TEST(KeyValues, ReadsLines) {
  EXPECT_EQ(read(""), Values{});
  EXPECT_EQ(read("a=1\n\nb=x=y\r\nc=\nd= e "), (Values{{"a", "1"}, {"b", "x=y"}, {"c", ""}, {"d", " e "}}));
  EXPECT_EQ(read("a=1\na=2"), (Values{{"a", "2"}}));
  EXPECT_EQ(read("a=b<<c\n"), (Values{{"a", "b<<c"}})) << "the first of = and << decides";
}

TEST(KeyValues, ReadsHeredocs) {
  EXPECT_EQ(read("a<<EOF\none\ntwo=2\n\nEOF\nb=3\n"), (Values{{"a", "one\ntwo=2\n"}, {"b", "3"}}));
  EXPECT_EQ(read("a<<EOF\nEOF"), (Values{{"a", ""}}));
  EXPECT_EQ(read("a<<E=F\nx\nE=F\n"), (Values{{"a", "x"}}));
  EXPECT_EQ(read("a<<EOF\r\none\r\ntwo\r\nEOF\r\n"), (Values{{"a", "one\r\ntwo"}}));
  EXPECT_EQ(read("a<<EOF\n EOF\nEOFF\nEOF"), (Values{{"a", " EOF\nEOFF"}}));
}

TEST(KeyValues, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(why_not("a=1\nfoo"), "line 2: `foo` is neither `name=value` nor `name<<DELIMITER`");
  EXPECT_EQ(why_not("=1"), "line 1: `` cannot be the name of an output");
  EXPECT_EQ(why_not("a b=1"), "line 1: `a b` cannot be the name of an output");
  EXPECT_EQ(why_not("a<<\nx"), "line 1: the delimiter after `<<` is missing");
  EXPECT_EQ(why_not("\na<<EOF\nx\ny\n"), "line 2: the delimiter `EOF` never comes");
  EXPECT_EQ(why_not("\x1b[31m\x07\n"), "line 1: `\\x07` is neither `name=value` nor `name<<DELIMITER`");
}

TEST(KeyValues, AreBounded) {
  EXPECT_NE(why_not("a=" + std::string(kMaxKeyValuesSize, 'x')), "nothing is wrong");
  std::string many;
  for (std::size_t i = 0; i <= kMaxKeyValues; ++i)
    many += "k" + std::to_string(i) + "=1\n";
  EXPECT_EQ(why_not(many), "line 1001: more than 1000 outputs");
}

}  // namespace
}  // namespace fleet::text
