#include "git/tree_editor.h"

#include <gmock/gmock.h>

#include "git/support.h"

namespace fleet::git {
namespace {

using model::FileMode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TreeEditorTest : public ::testing::Test {
 protected:
  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone",
                               {{"a", "1\n"}, {"src/b.cc", "2\n"}, {"src/sub/c.cc", "3\n"}, {"target", "t"}});
  Repository repository_ = must(Repository::open(clone_));
  ObjectStore& store_ = repository_.objects();

  TreeEditor editor(const std::string& revision = "HEAD") {
    return TreeEditor(store_, must(store_.tree_of(must(repository_.resolve(revision)))));
  }
  static std::vector<std::string> paths(const std::vector<Listed>& files) {
    std::vector<std::string> out;
    for (const Listed& file : files)
      out.push_back(file.path);
    return out;
  }
};

TEST_F(TreeEditorTest, edits_a_tree_as_git_would_in_a_checkout) {
  TreeEditor edit = editor();
  must(edit.write("src/b.cc", "changed\n"));
  must(edit.write("new/deep/file", "new\n", FileMode::executable));
  must(edit.remove("src/sub/c.cc"));
  must(edit.move("a", "renamed"));
  EXPECT_EQ(must(edit.read("src/b.cc")), "changed\n");
  EXPECT_EQ(must(edit.read("renamed")), "1\n");
  EXPECT_EQ(must(edit.changes()).size(), 5u);
  const ObjectId tree = must(edit.write_tree());
  EXPECT_EQ(git(clone_, "diff --name-status --no-renames HEAD " + tree.hex()),
            "D\ta\nA\tnew/deep/file\nA\trenamed\nM\tsrc/b.cc\nD\tsrc/sub/c.cc");
  EXPECT_THAT(git(clone_, "ls-tree -r " + tree.hex()), HasSubstr("100755"));
}

TEST_F(TreeEditorTest, lists_with_its_edits) {
  TreeEditor edit = editor();
  must(edit.write("src/a.cc", "new\n"));
  must(edit.write("src/z/z.cc", "new\n"));
  must(edit.remove("src/b.cc"));
  EXPECT_THAT(paths(must(edit.list())), ElementsAre("a", "src/a.cc", "src/sub/c.cc", "src/z/z.cc", "target"));
  EXPECT_THAT(paths(must(edit.list("src"))), ElementsAre("src/a.cc", "src/sub/c.cc", "src/z/z.cc"));
  EXPECT_THAT(paths(must(edit.list("", [](std::string_view path) { return path.ends_with("c.cc"); }))),
              ElementsAre("src/sub/c.cc"));
  EXPECT_THAT(paths(must(edit.list("src/b.cc"))), IsEmpty());
}

TEST_F(TreeEditorTest, has_no_change_when_all_is_set_back) {
  TreeEditor edit = editor();
  const ObjectId before = must(edit.write_tree());
  must(edit.write("a", "2\n"));
  must(edit.write("a", "1\n"));
  must(edit.write("x", "1\n"));
  must(edit.remove("x"));
  EXPECT_THAT(must(edit.changes()), IsEmpty());
  EXPECT_EQ(must(edit.write_tree()), before);
}

TEST_F(TreeEditorTest, refuses_paths_that_lead_out_or_into_git) {
  TreeEditor edit = editor();
  const std::vector<std::string> bad{"/etc/passwd",  "../x",       "src/../../x", ".git/config",
                                     ".GIT/hooks/x", "src/.git/x", "git~1/x",     "",
                                     "a//b",         "src/",       ".git /x",     std::string("a\0b", 3)};
  for (const std::string& path : bad) {
    EXPECT_FALSE(edit.write(path, "x")) << path;
    EXPECT_FALSE(edit.read(path)) << path;
    EXPECT_FALSE(edit.move("a", path)) << path;
  }
  EXPECT_THAT(must(edit.changes()), IsEmpty());
}

TEST_F(TreeEditorTest, writes_and_reads_through_no_symlink_or_submodule) {
  fs::create_symlink("src", clone_ / "link");
  fs::create_symlink("target", clone_ / "file-link");
  make_clone(temp_ / "library");
  git(clone_,
      "-c protocol.file.allow=always submodule add -q " + shell_quote((temp_ / "library").string()) + " lib");
  git(clone_, "add -A");
  git(clone_, "commit -qm links");
  TreeEditor edit = editor();
  EXPECT_FALSE(edit.write("link/b.cc", "x"));
  EXPECT_FALSE(edit.read("link/b.cc"));
  EXPECT_THAT(edit.write("link/new", "x").error().message(), HasSubstr("symlink"));
  EXPECT_FALSE(edit.write("file-link", "x"));
  EXPECT_FALSE(edit.read("file-link"));
  EXPECT_THAT(edit.write("lib/x", "x").error().message(), HasSubstr("submodule"));
  EXPECT_FALSE(edit.write("lib", "x"));
  must(edit.remove("link"));
  must(edit.write("link/new", "x"));
  EXPECT_TRUE(edit.write_tree());
}

TEST_F(TreeEditorTest, makes_no_path_a_file_and_a_folder) {
  TreeEditor edit = editor();
  EXPECT_FALSE(edit.write("a/below", "x"));
  EXPECT_FALSE(edit.write("src", "x"));
  EXPECT_FALSE(edit.move("a", "src"));
  EXPECT_FALSE(edit.move("a", "src/b.cc/x"));
  EXPECT_EQ(must(edit.read("a")), "1\n") << "a move that fails moves nothing";
  must(edit.move("a", "a-moved"));
  must(edit.write("a/below", "x"));
  EXPECT_FALSE(edit.remove("nothing"));
  EXPECT_TRUE(edit.write_tree());
}

}  // namespace
}  // namespace fleet::git
