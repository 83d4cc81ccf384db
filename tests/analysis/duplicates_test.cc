#include "analysis/duplicates.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace fleet::analysis {
namespace {

using syntax::Language;

void add(DuplicateFinder& finder, Language language, const std::string& path, std::string_view source,
         bool is_asked_for = true) {
  const auto tree = syntax::parse(language, source);
  ASSERT_TRUE(tree) << tree.error().line();
  finder.add(*tree, path, is_asked_for);
}

// Lines of seven tokens.
std::string statements(int first, int count, const std::string& name = "value") {
  std::string all;
  for (int i = first; i < first + count; ++i)
    all += name + std::to_string(i) + " = f(" + std::to_string(i) + ");\n";
  return all;
}

TEST(Duplicates, AreFoundAcrossFilesAndWithinOne) {
  DuplicateFinder finder;
  add(finder, Language::javascript, "a", "a\n" + statements(0, 10) + "b\n");
  add(finder, Language::javascript, "b", statements(100, 3) + statements(0, 10) + "c\n" + statements(0, 10));
  const Duplicates found = finder.find();
  ASSERT_EQ(found.groups.size(), 1u);
  EXPECT_EQ(found.groups[0].tokens, 70u);
  EXPECT_EQ(found.groups[0].places, (std::vector<DuplicatePlace>{{0, 2, 11}, {1, 4, 13}, {1, 15, 24}}));
  EXPECT_EQ(found.files[0].duplicated_lines, 10u);
  EXPECT_EQ(found.files[1].duplicated_lines, 20u);
  EXPECT_EQ(found.files[1].lines, 24u);
  EXPECT_NEAR(found.percentage(), 100.0 * 30 / 36, 1e-9);
}

TEST(Duplicates, TakeNoNoticeOfCommentsAndLayout) {
  DuplicateFinder finder;
  add(finder, Language::c, "a", "void f(void) {\n" + statements(0, 10) + "}\n");
  std::string other = "// other\n  void  f ( void )\n{ /* here */\n";
  for (const char c : statements(0, 10))
    other += c == ';' ? "; // as above" : std::string(1, c);
  add(finder, Language::c, "b", other + "\n\n}\n");
  const Duplicates found = finder.find();
  ASSERT_EQ(found.groups.size(), 1u);
  EXPECT_EQ(found.groups[0].tokens, 7u + 70u);
  EXPECT_EQ(found.groups[0].places, (std::vector<DuplicatePlace>{{0, 1, 12}, {1, 2, 16}}));
}

TEST(Duplicates, AreLongEnough) {
  const auto groups = [](int lines, std::uint32_t min_tokens, std::uint32_t min_lines) {
    DuplicateFinder finder({min_tokens, min_lines});
    add(finder, Language::javascript, "a", "a\n" + statements(0, lines));
    add(finder, Language::javascript, "b", "b\n" + statements(0, lines));
    return finder.find().groups.size();
  };
  EXPECT_EQ(groups(7, 50, 6), 0u);  // 49 tokens
  EXPECT_EQ(groups(8, 50, 6), 1u);
  EXPECT_EQ(groups(8, 50, 8), 1u);
  EXPECT_EQ(groups(8, 50, 9), 0u);
  EXPECT_EQ(groups(2, 7, 1), 1u);
}

TEST(Duplicates, OfTheSameShapeHaveOtherNames) {
  for (const bool by_shape : {false, true}) {
    DuplicateFinder finder({.by_shape = by_shape});
    add(finder, Language::javascript, "a", "a.b();\n" + statements(0, 10));
    add(finder, Language::javascript, "b", "if (b) c();\n" + statements(50, 10, "other"));
    EXPECT_EQ(finder.find().groups.size(), by_shape ? 1u : 0u);
  }
}

// The longer of the first place and the last one that begin alike.
TEST(Duplicates, AreAsLongAsTheyGo) {
  DuplicateFinder finder;
  add(finder, Language::javascript, "a", statements(0, 8) + "a\n");
  add(finder, Language::javascript, "b", statements(0, 8) + statements(20, 8) + "b\n");
  add(finder, Language::javascript, "c", statements(0, 8) + statements(20, 8) + "c\n");
  const Duplicates found = finder.find();
  ASSERT_EQ(found.groups.size(), 2u);
  EXPECT_EQ(found.groups[0].places, (std::vector<DuplicatePlace>{{1, 1, 16}, {2, 1, 16}}));
  EXPECT_EQ(found.groups[1].places, (std::vector<DuplicatePlace>{{0, 1, 8}, {1, 1, 8}}));
}

TEST(Duplicates, AreThoseOfTheFilesAskedFor) {
  DuplicateFinder finder;
  add(finder, Language::javascript, "old", statements(0, 10), false);
  add(finder, Language::javascript, "older", statements(0, 10) + statements(40, 10), false);
  add(finder, Language::javascript, "changed", "a\n" + statements(40, 10));
  const Duplicates found = finder.find();
  ASSERT_EQ(found.groups.size(), 1u);
  EXPECT_EQ(found.groups[0].places, (std::vector<DuplicatePlace>{{1, 11, 20}, {2, 2, 11}}));
}

TEST(Duplicates, LeaveOutWhatIsTooMuch) {
  DuplicateFinder finder({.max_tokens = 100});
  add(finder, Language::javascript, "a", statements(0, 14));
  add(finder, Language::javascript, "b", statements(0, 14));
  add(finder, Language::javascript, "c", "");
  const Duplicates found = finder.find();
  EXPECT_TRUE(found.groups.empty());
  EXPECT_FALSE(found.files[0].is_left_out);
  EXPECT_TRUE(found.files[1].is_left_out);
  EXPECT_FALSE(found.files[2].is_left_out);
  EXPECT_EQ(found.percentage(), 0);
  EXPECT_EQ(DuplicateFinder().find().percentage(), 0);
}

// Each token equal to each other one, in one line and in many: compared pair by pair, 10^11 steps.
TEST(Duplicates, TakeLinearTime) {
  for (const std::string_view each : {"0,", "0,\n", "0,0,1,\n"}) {
    std::string source = "int x[] = {";
    while (source.size() < 600'000)
      source += each;
    DuplicateFinder finder({.by_shape = true});
    add(finder, Language::c, "a", source + "};");
    const auto start = std::chrono::steady_clock::now();
    const Duplicates found = finder.find();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60)) << each;
    EXPECT_LT(found.groups.size(), 100u);
    if (each.ends_with('\n')) {
      EXPECT_GT(found.percentage(), 99) << each;
    }
  }
}

}  // namespace
}  // namespace fleet::analysis
