#include <gtest/gtest.h>

#include <set>

#include "text/distance.h"
#include "text/random_text.h"
#include "text/slug.h"

namespace fleet::text {
namespace {

TEST(EditDistance, CountsEditsAndSwaps) {
  EXPECT_EQ(edit_distance("needs", "needs"), 0u);
  EXPECT_EQ(edit_distance("Needs", "needs"), 0u);
  EXPECT_EQ(edit_distance("need", "needs"), 1u);
  EXPECT_EQ(edit_distance("nedes", "needs"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);
}

TEST(Suggest, FindsWhatWasMeant) {
  const std::vector<std::string> keys{"needs", "name", "run", "env", "agent", "timeout"};
  EXPECT_EQ(suggest("need", keys), "needs");
  EXPECT_EQ(suggest("dependson", keys), std::nullopt);
  EXPECT_EQ(suggest("timeuot", keys), "timeout");
  EXPECT_EQ(suggest("RUN", keys), "run");
  EXPECT_EQ(suggest("x", keys), std::nullopt);
  EXPECT_EQ(suggest("", keys), std::nullopt);
  EXPECT_EQ(suggest("agents", std::vector<std::string_view>{"agent"}), "agent");
  EXPECT_EQ(suggest(std::string(100'000, 'a'), keys), std::nullopt);
}

TEST(Slug, LeavesGoodNamesAlone) {
  for (const char* text : {"a", "core", "Node_20", "a-b", "0", "x-12ab"})
    EXPECT_EQ(slug(text), text);
}

TEST(Slug, IsAlwaysAGoodNameAndItsOwn) {
  RandomText random(8);
  std::set<std::string> texts{"",
                              "-",
                              "a b",
                              "a/b",
                              "a.b",
                              "a",
                              "a-",
                              "../x",
                              "\xff",
                              std::string(kMaxSlug, 'a'),
                              std::string(kMaxSlug + 1, 'a'),
                              std::string(kMaxSlug + 2, 'a'),
                              "HEAD.lock",
                              "@{",
                              "materials (core)"};
  for (int i = 0; i < 3000; ++i)
    texts.insert(random.several({"a", "-", " ", ".", "/", "B", "\n", "\xc3"}, 8));
  for (const std::string& text : std::set<std::string>(texts))
    texts.insert(slug(text));  // what a slug looks like is a text, too
  std::set<std::string> slugs;
  for (const std::string& text : texts) {
    const std::string name = slug(text);
    EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"),
              std::string::npos)
        << name;
    EXPECT_LE(name.size(), kMaxSlug);
    EXPECT_TRUE(!name.empty() && name.front() != '-' && name.back() != '-') << name;
    EXPECT_TRUE(slugs.insert(name).second)
        << testing::PrintToString(text) << " has the slug of another text: " << name;
  }
  EXPECT_TRUE(slug("materials (core)").starts_with("materials-core-"));
}

TEST(TaskId, FollowsGitHubsGrammar) {
  for (const char* id : {"a", "_", "build-all", "A_9"})
    EXPECT_TRUE(is_task_id(id)) << id;
  for (const char* id : {"", "9a", "-a", "a b", "../x", "a.b", "\xc3\xa4", "a\n"})
    EXPECT_FALSE(is_task_id(id)) << id;
  EXPECT_TRUE(is_task_id(std::string(kMaxTaskId, 'a')));
  EXPECT_FALSE(is_task_id(std::string(kMaxTaskId + 1, 'a')));
}

}  // namespace
}  // namespace fleet::text
