#include "git/content_merger.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "git/integration_fixture.h"

namespace fleet::git {
namespace {

using ContentMergerTest = IntegrationTest;

// Lines of their own, of which one is another.
std::string lines(int count, int changed = -1, const std::string& to = "changed") {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += i == changed ? to + "\n" : fmt::format("line {}\n", i);
  return text;
}

TEST_F(ContentMergerTest, stores_what_is_kept_and_nothing_else) {
  const ObjectId base = must(store_.write_blob(lines(9)));
  const ObjectId ours = must(store_.write_blob(lines(9, 1)));
  const ObjectId theirs = must(store_.write_blob(lines(9, 7)));
  ContentMerger contents(store_);
  const auto merged = must(contents.merge(base, ours, theirs));
  ASSERT_TRUE(merged);
  EXPECT_EQ(must(contents.merge(base, ours, theirs)), merged);
  EXPECT_FALSE(store_.contains(*merged));
  const model::TreeEntry entry{*merged, model::FileMode::regular};
  must(contents.keep(std::vector<model::Change>{{"a", {}, entry}, {"gone", entry, {}}}));
  std::string expected = lines(9, 1);
  expected.replace(expected.find("line 7"), 6, "changed");
  EXPECT_EQ(must(store_.read_blob(*merged)), expected);
}

TEST_F(ContentMergerTest, merges_what_it_merged_before_also_when_that_no_longer_fits_into_memory) {
  constexpr int kFiles = 40, kLines = 80'000;  // of 1 MB each, and 32 MB are held
  const ObjectId base = must(store_.write_blob(lines(kLines)));
  ContentMerger contents(store_);
  std::vector<ObjectId> chain{base};
  std::string expected = lines(kLines);
  for (int i = 0; i < kFiles; ++i) {
    const std::string to = fmt::format("task {}", i);
    const ObjectId theirs = must(store_.write_blob(lines(kLines, 2000 * i + 7, to)));
    expected.replace(expected.find(fmt::format("line {}\n", 2000 * i + 7)),
                     fmt::format("line {}", 2000 * i + 7).size(), to);
    const auto merged = must(contents.merge(base, chain.back(), theirs));
    ASSERT_TRUE(merged);
    chain.push_back(*merged);
    if (i == kFiles / 2) {
      EXPECT_EQ(ObjectStore::hash_blob(expected), *merged);
    }
  }
  EXPECT_EQ(ObjectStore::hash_blob(expected), chain.back());
  // The second is long out of memory.
  const ObjectId other = must(store_.write_blob(lines(kLines, kLines - 1)));
  const auto merged = must(contents.merge(base, chain[2], other));
  ASSERT_TRUE(merged);
  must(contents.keep(std::vector<model::Change>{{"a", {}, {*merged, model::FileMode::regular}}}));
  const std::string text = must(store_.read_blob(*merged));
  EXPECT_NE(text.find("task 1\n"), text.npos);
  EXPECT_EQ(text.find("task 2\n"), text.npos);
  EXPECT_TRUE(text.ends_with("changed\n"));
}

// Else it would come from itself.
TEST_F(ContentMergerTest, does_not_take_what_was_there_for_what_came_of_a_merge) {
  const ObjectId base = must(store_.write_blob(lines(9)));
  const ObjectId ours = must(store_.write_blob(lines(9, 1)));
  const ObjectId theirs = must(store_.write_blob(lines(9, 7)));
  std::string both = lines(9, 1);
  both.replace(both.find("line 7"), 6, "changed");
  const ObjectId together = must(store_.write_blob(both));
  ContentMerger contents(store_);
  EXPECT_EQ(must(contents.merge(ours, together, ours)), together);
  EXPECT_EQ(must(contents.merge(base, ours, theirs)), together);
  EXPECT_EQ(must(contents.merge(base, together, theirs)), together);
}

TEST_F(ContentMergerTest, does_not_merge_what_is_too_long_or_binary) {
  const std::string long_text(32'000'001, 'x');
  const ObjectId base = must(store_.write_blob(lines(9)));
  const ObjectId ours = must(store_.write_blob(lines(9, 1)));
  ContentMerger contents(store_);
  EXPECT_FALSE(must(contents.merge(base, ours, must(store_.write_blob(lines(9) + long_text)))));
  EXPECT_FALSE(must(contents.merge(base, ours, must(store_.write_blob(lines(500'001))))));
  EXPECT_FALSE(must(contents.merge(base, ours, must(store_.write_blob(lines(9) + '\0')))));
  EXPECT_FALSE(must(contents.merges(base, ours, must(store_.write_blob(lines(9) + '\0')))));
  EXPECT_TRUE(must(contents.merge(base, ours, must(store_.write_blob(lines(9) + "x")))));
}

TEST_F(ContentMergerTest, merges_large_texts_one_after_the_other) {
  constexpr int kLines = 450'000;
  std::string filler(20, ' ');
  const auto large = [&](int changed) {
    std::string text;
    for (int i = 0; i < kLines; ++i)
      text += fmt::format("{} {}{}\n", i == changed ? "changed" : "line", i, filler);
    return text;
  };
  const ObjectId base = must(store_.write_blob(large(-1)));
  ContentMerger contents(store_);
  ObjectId all = base;
  for (const int changed : {7, 70'000, 440'000}) {
    const auto merged = must(contents.merge(base, all, must(store_.write_blob(large(changed)))));
    ASSERT_TRUE(merged);
    all = *merged;
  }
  const std::string text = must(store_.read_blob(all));
  for (const char* line : {"changed 7 ", "changed 70000 ", "changed 440000 "})
    EXPECT_NE(text.find(line), text.npos);
}

// Lines of few kinds, so that much of it is alike, and edits that are near each other more often than not.
TEST_F(ContentMergerTest, tells_whether_it_merges_as_the_merge_does) {
  Dice dice(20261129);
  int together = 0, apart = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> base(dice.below(30));
    for (std::string& line : base)
      line = fmt::format("{}\n", dice.below(6));
    const auto edited = [&] {
      std::vector<std::string> out = base;
      for (std::size_t edit = dice.below(4); edit > 0; --edit) {
        const auto at = static_cast<std::ptrdiff_t>(dice.below(out.size() + 1));
        const auto here = out.begin() + at;
        const std::string line = fmt::format("{}\n", dice.below(9));
        if (const auto kind = dice.below(3); kind == 0 || here == out.end())
          out.insert(here, line);
        else if (kind == 1)
          out.erase(here);
        else
          *here = line;
      }
      std::string text = fmt::format("{}", fmt::join(out, ""));
      if (!text.empty() && dice.below(5) == 0) text.pop_back();
      return must(store_.write_blob(text));
    };
    const ObjectId before = must(store_.write_blob(fmt::format("{}", fmt::join(base, ""))));
    const ObjectId ours = edited(), theirs = edited();
    ContentMerger asked(store_), told(store_);
    const bool merges = must(asked.merges(before, ours, theirs));
    ASSERT_EQ(merges, must(told.merge(before, ours, theirs)).has_value()) << round;
    ++(merges ? together : apart);
  }
  EXPECT_GT(together, 500);
  EXPECT_GT(apart, 500);
}

TEST_F(ContentMergerTest, integrates_without_writing_what_comes_together_on_the_way) {
  const ObjectId start = commit_files({{"a", lines(100)}});
  std::vector<TaskResult> results;
  for (int i = 0; i < 10; ++i)
    results.push_back(
        result(static_cast<std::uint32_t>(i), start, {{"a", lines(100, 10 * i, fmt::format("by {}", i))}}));
  const auto objects = [&] { return git(clone_, "count-objects"); };
  const std::string before = objects();
  Integration integration = must(Integration::create(store_, start));
  for (auto each = results.rbegin(); each != results.rend(); ++each)
    EXPECT_TRUE(must(integration.accept(*each, OnConflict::report)).accepted);
  EXPECT_EQ(objects(), before);
  const ObjectId merged = must(integration.merged(tasks({0, 1, 2, 3, 4, 5, 6, 7, 8, 9})));
  const std::string text = files_of(merged).at("a");
  for (int i = 0; i < 10; ++i)
    EXPECT_NE(text.find(fmt::format("by {}\n", i)), text.npos);
  EXPECT_EQ(git(clone_, "fsck --strict --no-dangling " + merged.hex()), "");
}

}  // namespace
}  // namespace fleet::git
