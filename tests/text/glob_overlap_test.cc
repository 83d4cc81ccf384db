#include <gtest/gtest.h>

#include <optional>

#include "text/glob.h"
#include "text/random_text.h"
#include "text/slow_glob.h"

namespace fleet::text {
namespace {

std::optional<std::string> common(std::string_view left, std::string_view right,
                                  Reading reading = Reading::exact) {
  return common_path(*Glob::parse(left), *Glob::parse(right), reading);
}

Overlap common_of_sets(const std::vector<std::string>& left, const std::vector<std::string>& right,
                       Reading reading = Reading::exact) {
  return common_path(*GlobSet::parse(left), *GlobSet::parse(right), reading);
}

const std::vector<std::string_view> kPieces{"a", "b", ".", "*", "?", "/", "**/", "/**", "[!a]", "[.a]"};

std::string random_glob(RandomText& random) {
  for (;;) {
    std::string glob = random.several(kPieces, 5);
    if (Glob::parse(glob)) return glob;
  }
}

TEST(CommonPath, IsAShortestWitness) {
  EXPECT_EQ(common("src/*.ts", "src/a*"), "src/a.ts");
  EXPECT_EQ(common("/src", "src/a/b.ts"), "src/a/b.ts");
  EXPECT_EQ(common("build/", "/build"), "build/a");
  EXPECT_EQ(common("src/**/x", "src/?"), "src/x");
  EXPECT_EQ(common("src/a.ts", "src/b.ts"), std::nullopt);
  EXPECT_EQ(common("[a-m]/x", "[n-z]/**"), std::nullopt);
}

// `?` and `..?` could meet only in `.` and `..`, which no repository holds.
TEST(CommonPath, CountsOnlyPathsThatCanExist) {
  EXPECT_EQ(common("/?", "/[.]"), std::nullopt);
  EXPECT_EQ(common("/a/[.]?", "/a/[.][.]"), std::nullopt);
  EXPECT_EQ(common("[!\x01-\xff]", "**"), std::nullopt) << "only a zero byte would do";
  EXPECT_EQ(common_of_sets({"[!\x01-\xff]", "/a", "!/a"}, {"**"}).answer, Overlap::Answer::none);
  EXPECT_EQ(common("/a/[.]*", "/a/[.][.]*"), "a/..a");
}

TEST(CommonPath, AgreesWithTryingAllPaths) {
  const std::vector<std::string> paths = slow::all_paths("ab./", 5);
  RandomText random(2);
  int none = 0;
  for (int i = 0; i < 700; ++i) {
    const std::string left = random_glob(random);
    const std::string right = random_glob(random);
    const auto found = common(left, right);
    std::optional<std::string> expected;
    for (const std::string& path : paths) {
      if (!slow::matches(left, path) || !slow::matches(right, path)) continue;
      expected = path;
      break;
    }
    none += found ? 0 : 1;
    if (expected) {
      ASSERT_TRUE(found) << left << " and " << right << " meet in " << *expected;
      EXPECT_EQ(found->size(), expected->size()) << left << " and " << right;
    }
    if (found) {
      EXPECT_TRUE(slow::matches(left, *found) && slow::matches(right, *found))
          << left << " " << right << " " << *found;
    }
  }
  EXPECT_GT(none, 35);
}

TEST(CommonPath, ReadsExtensionsAsFilesWhenAsked) {
  EXPECT_TRUE(common("*.ts", "*.css"));
  EXPECT_EQ(common("*.ts", "*.css", Reading::likely), std::nullopt);
  EXPECT_EQ(common("src/**/*.ts", "src/*.ts", Reading::likely), "src/.ts");
  EXPECT_EQ(common(".github", ".github/a.yml", Reading::likely), ".github/a.yml");
  EXPECT_EQ(common_of_sets({"*.ts", "!x.css"}, {"*.css"}, Reading::likely).answer, Overlap::Answer::none);
}

TEST(CommonPath, OfHostileGlobsEnds) {
  std::string left;
  std::string right;
  while (left.size() + 4 < Glob::kMaxLength) {
    left += "*a?";
    right += "?b*";
  }
  EXPECT_EQ(common("/" + left + "x", "/" + right + "y"), std::nullopt);
}

TEST(CommonPathOfSets, HeedsWhatIsTakenBack) {
  EXPECT_EQ(common_of_sets({"src/**", "!src/gen/**"}, {"src/gen/**"}).answer, Overlap::Answer::none);
  EXPECT_EQ(common_of_sets({"src/**", "!src/gen"}, {"src/gen/**", "docs/**"}).answer, Overlap::Answer::none);
  const Overlap overlap = common_of_sets({"src/**", "!src/[a-y]*"}, {"src/**"});
  EXPECT_EQ(overlap.answer, Overlap::Answer::certain);
  EXPECT_EQ(overlap.path, "src/z");
  EXPECT_EQ(common_of_sets({}, {"**"}).answer, Overlap::Answer::none);
}

TEST(CommonPathOfSets, AgreesWithTryingAllPaths) {
  const std::vector<std::string> paths = slow::all_paths("ab./", 4);
  RandomText random(3);
  const auto random_set = [&random] {
    std::vector<std::string> globs;
    for (std::size_t left = 1 + random.below(4); left > 0; --left)
      globs.push_back((random.one_in(2) ? "!" : "") + random_glob(random));
    return globs;
  };
  const auto matches = [](const std::vector<std::string>& globs, const std::string& path) {
    bool matched = false;
    for (const std::string& glob : globs) {
      const bool takes_back = glob.front() == '!';
      if (slow::matches(takes_back ? glob.substr(1) : glob, path)) matched = !takes_back;
    }
    return matched;
  };
  int none = 0;
  for (int i = 0; i < 700; ++i) {
    const auto left = random_set();
    const auto right = random_set();
    const auto named = [&] { return testing::PrintToString(left) + " and " + testing::PrintToString(right); };
    const Overlap found = common_of_sets(left, right);
    ASSERT_NE(found.answer, Overlap::Answer::possible) << named();
    if (found.answer == Overlap::Answer::certain) {
      EXPECT_TRUE(matches(left, found.path) && matches(right, found.path)) << named() << found.path;
      continue;
    }
    ++none;
    for (const std::string& path : paths)
      ASSERT_FALSE(matches(left, path) && matches(right, path)) << named() << " meet in " << path;
  }
  EXPECT_GT(none, 35);
}

// Both sides must be told apart by the byte ten places before the end, in every subset of such places.
TEST(CommonPathOfSets, GivesUpRatherThanRunOutOfMemory) {
  std::string tail;
  for (int i = 0; i < 25; ++i)
    tail += '?';
  const Overlap overlap =
      common_of_sets({"/*", "!/*a" + tail, "!/*[!a]" + tail, "!/*/**"}, {"/?" + tail + "*"});
  EXPECT_EQ(overlap.answer, Overlap::Answer::possible);
}

}  // namespace
}  // namespace fleet::text
