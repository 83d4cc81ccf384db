#include "text/glob.h"

#include <gtest/gtest.h>

#include "text/random_text.h"
#include "text/slow_glob.h"

namespace fleet::text {
namespace {

bool matches(std::string_view glob, std::string_view path) {
  const auto parsed = Glob::parse(glob);
  EXPECT_TRUE(parsed) << glob;
  return parsed && parsed->matches(path);
}

std::string why(std::string_view glob) {
  const auto parsed = Glob::parse(glob);
  return parsed ? "" : parsed.error().why;
}

TEST(Glob, StarsStayWithinAComponent) {
  EXPECT_TRUE(matches("src/*.ts", "src/a.ts"));
  EXPECT_FALSE(matches("src/*.ts", "src/b/a.ts"));
  EXPECT_TRUE(matches("a**b/c", "axxb/c"));
  EXPECT_FALSE(matches("a**b/c", "a/b/c"));
}

TEST(Glob, DoubleStarsCrossDirectories) {
  EXPECT_TRUE(matches("**/foo/bar", "foo/bar"));
  EXPECT_TRUE(matches("**/foo/bar", "x/y/foo/bar"));
  EXPECT_TRUE(matches("src/**", "src/a/b.ts"));
  EXPECT_FALSE(matches("src/**", "src"));
  EXPECT_TRUE(matches("a/**/b", "a/b"));
  EXPECT_TRUE(matches("a/**/b", "a/x/y/b"));
  EXPECT_FALSE(matches("a/**/b", "axb"));
  EXPECT_FALSE(matches("**/b", "ab"));
  EXPECT_TRUE(matches("**", "a/b"));
}

TEST(Glob, AreAnchoredByASlashAtTheStartOrInTheMiddle) {
  EXPECT_TRUE(matches("a.txt", "x/y/a.txt"));
  EXPECT_FALSE(matches("/a.txt", "x/a.txt"));
  EXPECT_TRUE(matches("/a.txt", "a.txt"));
  EXPECT_FALSE(matches("x/a.txt", "y/x/a.txt"));
}

TEST(Glob, MatchAllBelowADirectoryThatTheyMatch) {
  EXPECT_TRUE(matches("node_modules", "a/node_modules/b/c.js"));
  EXPECT_TRUE(matches("/src", "src/a/b"));
  EXPECT_FALSE(matches("/src", "srcx"));
  EXPECT_TRUE(matches("*", "a/b/c"));
}

TEST(Glob, AskForADirectoryByASlashAtTheEnd) {
  EXPECT_FALSE(matches("build/", "build"));
  EXPECT_TRUE(matches("build/", "build/a.o"));
  EXPECT_TRUE(matches("build/", "x/build/a.o"));
  EXPECT_TRUE(matches("build/", "build/"));
}

TEST(Glob, KnowSetsOfBytes) {
  EXPECT_TRUE(matches("[a-c]x", "bx"));
  EXPECT_FALSE(matches("[!a-c]x", "bx"));
  EXPECT_TRUE(matches("[^a-c]x", "dx"));
  EXPECT_TRUE(matches("[]x]", "]"));
  EXPECT_TRUE(matches("[a-]", "-"));
  EXPECT_TRUE(matches("[[:digit:]x]*", "7up"));
  EXPECT_FALSE(matches("a[!b]c", "a/c"));
  EXPECT_TRUE(matches("\\*\\?\\[", "*?["));
  EXPECT_FALSE(matches("\\*", "x"));
  EXPECT_TRUE(matches("?", "\xff"));
}

TEST(Glob, NeverMatchWhatIsNoPath) {
  for (const char* glob : {"*", "**", "/**", "a", "[!x]"}) {
    EXPECT_FALSE(matches(glob, "")) << glob;
    EXPECT_FALSE(Glob::parse("/x/y")->matches("/x/y"));
  }
}

TEST(Glob, SayWhyTheyAreRefused) {
  EXPECT_EQ(why(""), "it is empty");
  EXPECT_EQ(why("/"), "it names no path");
  EXPECT_EQ(why("a/[b"), "this `[` has no `]` (at byte 3)");
  EXPECT_EQ(why("a\\"), "there is nothing after the last `\\` (at byte 2)");
  EXPECT_EQ(why("[[:wide:]]"), "there is no character class of this name (at byte 2)");
  EXPECT_EQ(why("x[z-a]"), "this range ends before it starts (at byte 5)");
  EXPECT_EQ(why("a//b"), "`//` at byte 3");
  EXPECT_EQ(why("../x"), "`..` at byte 1: globs start at the repository's root and go down");
  EXPECT_EQ(why("./x"), "`.` at byte 1: globs start at the repository's root and go down");
  EXPECT_EQ(why(std::string_view("a\0b", 3)), "a zero byte at byte 2");
  EXPECT_NE(why("!x"), "");
  EXPECT_NE(why(std::string(Glob::kMaxLength + 1, 'a')), "");
}

TEST(Glob, SayWhichPathTheyAre) {
  EXPECT_EQ(Glob::parse("/README.md")->literal(), "README.md");
  EXPECT_EQ(Glob::parse("src/a\\*.cc")->literal(), "src/a*.cc");
  for (const char* glob : {"README.md", "src/*.cc", "src/build/", "a/[b]"})
    EXPECT_EQ(Glob::parse(glob)->literal(), std::nullopt) << glob;
}

TEST(Glob, AgreesWithTryingEverything) {
  RandomText random(1);
  const std::vector<std::string_view> pieces{"a",  "b",    ".",    "*",    "?",     "/",   "/",
                                             "**", "/**/", "[ab]", "[!a]", "[a-b]", "\\a", "**/"};
  const std::vector<std::string_view> path_pieces{"a", "b", ".", "/", "c"};
  int tried = 0;
  int matched = 0;
  while (tried < 60'000) {
    const std::string glob = random.several(pieces, 6);
    const auto parsed = Glob::parse(glob);
    if (!parsed) continue;
    for (int i = 0; i < 5; ++i) {
      const std::string path = random.several(path_pieces, 7);
      if (path.front() == '/' || path.back() == '/' || path.find("//") != std::string::npos) continue;
      ++tried;
      const bool expected = slow::matches(glob, path);
      matched += expected ? 1 : 0;
      ASSERT_EQ(parsed->matches(path), expected) << glob << " on " << path;
    }
  }
  EXPECT_GT(matched, tried / 10);
}

// More than 64 states are followed in another way.
TEST(Glob, OfAnyLengthAgreesWithTryingEverything) {
  RandomText random(10);
  const std::string wild = std::string(70, '?') + "/";
  const std::string plain = std::string(70, 'x') + "/";
  int matched = 0;
  for (int tried = 0; tried < 5000; ++tried) {
    const std::string glob = wild + random.several({"a", "b", "*", "?", "/", "/**/", "[!a]"}, 6);
    const std::string path = plain + random.several({"a", "b", "/a", "c"}, 6);
    const auto parsed = Glob::parse(glob);
    if (!parsed || path.find("//") != std::string::npos) continue;
    const bool expected = slow::matches(glob, path);
    matched += expected ? 1 : 0;
    ASSERT_EQ(parsed->matches(path), expected) << glob << " on " << path;
  }
  EXPECT_GT(matched, 300);
}

// With backtracking this would not end before the universe does.
TEST(Glob, TakesNoExponentialTime) {
  std::string glob;
  for (int i = 0; i < 150; ++i)
    glob += i % 3 == 0 ? "**/*a" : "*a*";
  const auto parsed = Glob::parse(glob + "/b");
  ASSERT_TRUE(parsed);
  std::string path;
  for (int i = 0; i < 1000; ++i)
    path += i % 7 == 6 ? "/aa" : "aaa";
  EXPECT_FALSE(parsed->matches(path));
}

TEST(GlobSet, LetsTheLastMatchDecide) {
  const auto set = GlobSet::parse({"src/**", "!src/gen/**", "src/gen/keep.ts"});
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->matches("src/a.ts"));
  EXPECT_FALSE(set->matches("src/gen/a.ts"));
  EXPECT_TRUE(set->matches("src/gen/keep.ts"));
  EXPECT_FALSE(set->matches("README.md"));
  EXPECT_FALSE(GlobSet::parse({})->matches("a"));
  EXPECT_FALSE(GlobSet::parse({"!a"})->matches("b"));
}

TEST(GlobSet, RefusesWhatOneOfItsGlobsIs) {
  EXPECT_FALSE(GlobSet::parse({"a", "!["}));
  EXPECT_FALSE(GlobSet::parse({"!!a"}));
  EXPECT_FALSE(GlobSet::parse(std::vector<std::string>(GlobSet::kMaxGlobs + 1, "a")));
}

}  // namespace
}  // namespace fleet::text
