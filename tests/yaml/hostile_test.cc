#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

#include "yaml/document.h"

namespace fleet::yaml {
namespace {

using model::Location;
using testing::HasSubstr;

model::Diagnostic refusal(std::string_view source) {
  const auto result = Document::parse(source);
  EXPECT_FALSE(result) << source.substr(0, 200);
  return result ? model::Diagnostic{} : result.error();
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i)
    all += text;
  return all;
}

TEST(HostileYaml, NamesThePlaceOfASyntaxErrorAndWhatToDo) {
  const struct {
    const char* source;
    Location at;
    const char* message;
  } cases[] = {
      {"a:\n  needs: [setup\n  b: c\n", {3, 4}, "`[` before this is not closed: it is on line 2, column 10"},
      {"a: {b: c\nd: e\n", {2, 2}, "`{` before this is not closed: it is on line 1, column 4"},
      {"a: 1\nb: [{c: {d: [1, 2]}}, {e: f}\n",
       {3, 1},
       "`[` before this is not closed: it is on line 2, column 4"},
      {"a: &x {b: \"{\", c: {d: e}\n", {2, 1}, "`{` before this is not closed: it is on line 1, column 7"},
      {"a: b: c\n", {1, 5}, "`:` is one too many"},
      {"a:\n\tb: c\n", {2, 1}, "a tab cannot indent"},
      {"a: @x\n", {1, 4}, "cannot begin with this character"},
      {"a: \"x\n", {1, 4}, "quote is not closed"},
      {"a: 'x\nb: y\n", {1, 4}, "quote is not closed"},
      {"a:\n  - b\n c: d\n", {3, 2}, "`key: value` line was expected"},
      {"x: *foo\n", {1, 4}, "names no anchor"},
      {"a: \"\\q\"\n", {1, 7}, "begins an escape that does not exist"},
      {"a: b]\nc: }\n", {2, 4}, "closes nothing"},
      {"[[[", {1, 1}, "a key must be plain text"},
      {"? [a]\n: b\n", {1, 3}, "a key must be plain text"},
      {"if: !cancelled()\n", {1, 5}, "the tag `!cancelled()`"},
      {"a: !!int x\n", {1, 4}, "the tag `!!int`"},
      {"a: !!binary eA==\n", {1, 4}, "the tag `!!binary`"},
      {"a: b\n---\nc: d\n", {2, 1}, "a second document"},
      {"a: &x [*x]\n", {1, 8}, "inside the value it stands for"},
  };
  for (const auto& each : cases) {
    const model::Diagnostic found = refusal(each.source);
    EXPECT_THAT(found.message, HasSubstr(each.message)) << each.source;
    EXPECT_EQ(found.at, each.at) << each.source << found.at.line << ":" << found.at.column;
    EXPECT_FALSE(found.suggestion.empty()) << each.source;
  }
}

TEST(HostileYaml, RefusesWhatIsNoText) {
  EXPECT_THAT(refusal(std::string("a: b\0c\n", 7)).message, HasSubstr("NUL"));
  EXPECT_EQ(refusal("a: ok\nb: \xff\n").at, (Location{2, 4}));
  EXPECT_THAT(refusal("a: \xc3(\n").message, HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal("a: \xe0\x80\xaf\n").message, HasSubstr("not UTF-8"));      // overlong
  EXPECT_THAT(refusal("a: \xed\xa0\x80\n").message, HasSubstr("not UTF-8"));      // a surrogate
  EXPECT_THAT(refusal("a: \xf4\x90\x80\x80\n").message, HasSubstr("not UTF-8"));  // past U+10FFFF
  EXPECT_THAT(refusal("a: \xe2\x82").message, HasSubstr("not UTF-8"));            // cut short
  EXPECT_THAT(refusal("a: \x1b[31m\n").message, HasSubstr("0x1b"));
  EXPECT_THAT(refusal("a: x\x04\n").message,
              HasSubstr("0x04"));  // what yaml-cpp takes for the end of the file
  EXPECT_THAT(refusal("a: x\x7f\n").message, HasSubstr("0x7f"));
  EXPECT_THAT(refusal("a: \xc2\x9b\n").message, HasSubstr("U+009B"));
  EXPECT_THAT(refusal("a: b\rc: d\r").message, HasSubstr("carriage return"));
  EXPECT_THAT(refusal("\xff\xfe"
                      "a")
                  .message,
              HasSubstr("UTF-16"));
}

TEST(HostileYaml, RefusesFilesPastTheirBound) {
  EXPECT_THAT(refusal(std::string(50 << 20, '#')).message, HasSubstr("at most 8 MiB"));
  EXPECT_THAT(refusal(fmt::format("a: b\n{}", std::string(kMostBytesOfValue + 10'000, '#'))).message,
              HasSubstr("in one piece"));
}

TEST(HostileYaml, StopsAtNestingThatIsTooDeep) {
  for (const char* opening : {"[", "{", "- ", "? ", "{a: ", "[a: ", "&a [", "- - - ["}) {
    EXPECT_FALSE(Document::parse(repeated(opening, 1'000'000))) << opening;
    EXPECT_FALSE(Document::parse(repeated(opening, 600))) << opening;
  }
  EXPECT_EQ(refusal(repeated("- ", 1'000'000)).at,
            (Location{1, 129}));  // at once, not at yaml-cpp's own bound
  std::string steps;
  for (std::size_t i = 0; i < 2'000; ++i)
    steps += std::string(i, ' ') + "a:\n";
  EXPECT_THAT(refusal(steps).message, HasSubstr("nested more than 64 deep"));
  const auto nested = [](std::size_t depth) {
    return fmt::format("{}x{}", repeated("[", depth), repeated("]", depth));
  };
  EXPECT_TRUE(Document::parse(nested(kMostDepth - 1)));
  EXPECT_THAT(refusal(nested(kMostDepth + 1)).message, HasSubstr("nested more than 64 deep"));
}

TEST(HostileYaml, StopsAliasesThatExplode) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int k = 0; k < 9; ++k)
      bomb += fmt::format("{}*a{}", k == 0 ? "" : ", ", i - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(refusal(bomb).message, HasSubstr("aliases blow the file up"));

  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i)
    deep += fmt::format("a{}: &a{} [*a{}]\n", i, i, i - 1);
  EXPECT_THAT(refusal(deep).message, HasSubstr("nested more than 64 deep"));

  std::string anchors;
  for (std::size_t i = 0; i <= kMostAnchors; ++i)
    anchors += fmt::format("- &n{} x\n", i);
  EXPECT_THAT(refusal(anchors).message, HasSubstr("anchors"));
}

TEST(HostileYaml, ReadsWhatIsLargeButHonest) {
  std::string many = "tasks:\n";
  for (int i = 0; i < 10'000; ++i)
    many += fmt::format("  task-{}: {{run: make, needs: [task-{}]}}\n", i, i / 2);
  const auto result = Document::parse(many);
  ASSERT_TRUE(result);
  EXPECT_EQ((*result->root().entries().begin()).value.size(), 10'000u);
  EXPECT_TRUE(result->doubled_keys().empty());

  const std::string one_line = fmt::format("[{}y]", repeated("\"x\", ", 100'000));
  const auto line = Document::parse(one_line);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->root().size(), 100'001u);
}

}  // namespace
}  // namespace fleet::yaml
