#include "git/tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "git/path.h"
#include "git/support.h"

namespace fleet::git {
namespace {

using model::Change;
using model::FileMode;
using model::TreeEntry;

class TreeTest : public ::testing::Test {
 protected:
  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone");
  Repository repository_ = must(Repository::open(clone_));
  ObjectStore& store_ = repository_.objects();

  TreeEntry random_entry(Dice& dice) {
    constexpr FileMode modes[] = {FileMode::regular, FileMode::regular, FileMode::executable,
                                  FileMode::symlink};
    const ObjectId id = must(store_.write_blob(fmt::format("content {}\n", dice.below(20))));
    return {id, modes[dice.below(4)]};
  }

  void change_at_random(Files& files, Dice& dice, std::size_t edits) {
    for (std::size_t i = 0; i < edits; ++i) {
      if (!files.empty() && dice.one_in(3)) {
        files.erase(std::next(files.begin(), static_cast<std::ptrdiff_t>(dice.below(files.size()))));
      } else {
        const std::string path = random_path(dice);
        place(files, path, random_entry(dice));
      }
    }
  }

  // The tree as git itself writes it.
  std::string git_tree(const Files& files) {
    std::string lines;
    for (const auto& [path, entry] : files) {
      lines += fmt::format("{:06o} {}\t{}", static_cast<std::uint32_t>(entry.mode), entry.id.hex(), path);
      lines += '\0';
    }
    const fs::path list = temp_ / "index-info";
    write_file(list, lines);
    fs::remove(temp_ / "index");
    const std::string with_index =
        "GIT_INDEX_FILE=" + (temp_ / "index").string() + " git -C " + clone_.string();
    const Ran ran = run(with_index + " update-index -z --index-info <" + list.string() + " && " + with_index +
                        " write-tree");
    EXPECT_EQ(ran.status, 0);
    return ran.out.substr(0, 40);
  }
};

TEST_F(TreeTest, writes_the_trees_that_git_writes_and_finds_the_changes_that_were_made) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Files before;
    change_at_random(before, dice, dice.below(25));
    Files after = before;
    change_at_random(after, dice, dice.below(12));
    const ObjectId first = must(update(store_, {}, changes_between({}, before)));
    const ObjectId second = must(update(store_, first, changes_between(before, after)));
    ASSERT_EQ(second.hex(), git_tree(after));
    ASSERT_EQ(must(diff(store_, first, second)), changes_between(before, after));
    ASSERT_EQ(must(update(store_, second, must(diff(store_, second, first)))), first);

    const auto listed = must(list(store_, second));
    ASSERT_EQ(listed.size(), after.size());
    std::size_t i = 0;
    for (const auto& [path, entry] : after) {
      EXPECT_EQ(listed[i].path, path);
      EXPECT_EQ(listed[i++].entry, entry);
      EXPECT_EQ(must(entry_at(store_, second, path)), entry);
    }
  }
  EXPECT_EQ(git(clone_, "fsck --strict --no-dangling"), "");
}

TEST_F(TreeTest, costs_nothing_where_trees_are_equal) {
  const ObjectId blob = must(store_.write_blob("x"));
  const ObjectId missing = *ObjectId::parse("0123456789012345678901234567890123456789");
  std::string raw("40000 folder\0", 13);
  raw.append(reinterpret_cast<const char*>(missing.bytes.data()), 20);
  const ObjectId broken = must(store_.write_tree(raw));
  // `folder` cannot be read, so nothing looks into it.
  const ObjectId changed =
      must(update(store_, broken, std::vector<Change>{{"file", {}, {blob, FileMode::regular}}}));
  EXPECT_EQ(must(diff(store_, broken, changed)).size(), 1u);
  EXPECT_FALSE(list(store_, changed));
}

TEST_F(TreeTest, removes_folders_that_end_up_empty_but_keeps_the_root) {
  const TreeEntry file{must(store_.write_blob("x")), FileMode::regular};
  const ObjectId tree = must(update(store_, {}, std::vector<Change>{{"a/b/c", {}, file}}));
  const ObjectId empty = must(update(store_, tree, std::vector<Change>{{"a/b/c", file, {}}}));
  EXPECT_EQ(empty.hex(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  EXPECT_TRUE(must(list(store_, empty)).empty());
  EXPECT_EQ(must(update(store_, tree, std::vector<Change>{{"not/there", {}, {}}})), tree);
}

TEST_F(TreeTest, refuses_a_path_that_would_be_a_file_and_a_folder) {
  const TreeEntry file{must(store_.write_blob("x")), FileMode::regular};
  const ObjectId tree = must(update(store_, {}, std::vector<Change>{{"a", {}, file}, {"a.c", {}, file}}));
  EXPECT_FALSE(update(store_, tree, std::vector<Change>{{"a/b", {}, file}}));
  EXPECT_FALSE(update(store_, {}, std::vector<Change>{{"a/b", {}, file}, {"a", {}, file}}));
  EXPECT_TRUE(update(store_, tree, std::vector<Change>{{"a/b", {}, file}, {"a", file, {}}}));
}

TEST_F(TreeTest, says_what_blocks_a_path) {
  const TreeEntry file{must(store_.write_blob("x")), FileMode::regular};
  const ObjectId tree = must(update(store_, {}, std::vector<Change>{{"a/b", {}, file}}));
  EXPECT_EQ(must(look_up(store_, tree, "a/b/c/d")).blocked_by, "a/b");
  EXPECT_FALSE(must(look_up(store_, tree, "a")).folder.is_none());
  EXPECT_FALSE(must(look_up(store_, tree, "a")).entry.exists());
  EXPECT_EQ(must(look_up(store_, tree, "x/y")).blocked_by, "");
}

class HostileTreeTest : public TreeTest {
 protected:
  std::string entry(const std::string& mode, const std::string& name) {
    return mode + ' ' + name + '\0' + std::string(20, '\x11');
  }
};

TEST_F(HostileTreeTest, refuses_trees_made_to_deceive) {
  const std::vector<std::string> bad{
      entry("100644", ".."),
      entry("100644", "."),
      entry("40000", ".git"),
      entry("40000", ".GIT"),
      entry("100644", "a/b"),
      entry("100644", ""),
      entry("100644", "b") + entry("100644", "a"),
      entry("100644", "a") + entry("100644", "a"),
      entry("120000", "a") + entry("40000", "a"),
      entry("120000", "a") + entry("100644", "a.c") + entry("40000", "a"),
      entry("60000", "device"),
      entry("9", "x"),
      "100644 cut\0short",
      "no mode",
  };
  for (const std::string& raw : bad) {
    EXPECT_FALSE(Tree::parse({}, raw)) << quote_path(raw);
    const ObjectId id = must(store_.write_tree(raw));
    EXPECT_FALSE(list(store_, id)) << quote_path(raw);
  }
  EXPECT_TRUE(Tree::parse({}, entry("100664", "old")));  // git wrote this mode once
}

TEST_F(HostileTreeTest, survives_a_tree_nested_without_end) {
  ObjectId tree = must(
      update(store_, {}, std::vector<Change>{{"f", {}, {must(store_.write_blob("x")), FileMode::regular}}}));
  for (int i = 0; i < 3000; ++i) {
    std::string raw("40000 d\0", 8);
    raw.append(reinterpret_cast<const char*>(tree.bytes.data()), 20);
    tree = must(store_.write_tree(raw));
  }
  EXPECT_FALSE(list(store_, tree));
  EXPECT_FALSE(diff(store_, {}, tree));
}

TEST(Path, refuses_what_some_file_system_takes_for_dot_git) {
  for (const std::string_view name :
       {".git", ".GIT", ".Git", "git~1", "GIT~1", ".git.", ".git ", ".git . .", ".git::$INDEX_ALLOCATION",
        ".git:x", ".g\u200cit", "\ufeff.git", "a\\.git", ".git\\hooks", "", ".", "..", "a/b"}) {
    EXPECT_FALSE(is_safe_name(name)) << name;
  }
  EXPECT_FALSE(is_safe_name(std::string_view("a\0b", 3)));
  for (const std::string_view name : {".gitignore", ".github", "git", "git~10", ".git-x", "a.git", "..."}) {
    EXPECT_TRUE(is_safe_name(name)) << name;
  }
  for (const std::string_view path : {"/a", "a//b", "a/", "a/../b", "./a", "a/.git/config", ""}) {
    EXPECT_FALSE(is_safe_path(path)) << path;
  }
  EXPECT_TRUE(is_safe_path("a/b c/\xff"));
  EXPECT_FALSE(is_safe_path(std::string(5000, 'a')));
}

TEST(Path, quotes_as_git_does) {
  EXPECT_EQ(quote_path("a b"), "a b");
  EXPECT_EQ(quote_path("a\"b\n\x01"), R"("a\"b\n\001")");
  EXPECT_EQ(quote_path("\xff"), R"("\377")");
  for (const char* path : {"a\"b\n\x01", "\xff\\\t", "\a\b\v\f\r\x7f"})
    EXPECT_EQ(unquote_path(quote_path(path)), path);
  for (const char* bad :
       {"", "a", "\"", "\"a", "a\"", R"("a"b")", R"("\")", R"("\x")", R"("\40")", R"("\400")"})
    EXPECT_EQ(unquote_path(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace fleet::git
