#include "git/work_tree.h"

#include <fmt/format.h>

#include "git/support.h"

namespace fleet::git {
namespace {

class WorkTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* path : {"a", "b", "d/c", "gone", "ignored"})
      write_file(clone_ / path, std::string(path) + "\n");
    git(clone_, "add --all");
    write_file(clone_ / ".gitignore", "*.o\n");
    git(clone_, "add --all");
    git(clone_, "-c user.name=u -c user.email=u@localhost commit -q -m x");
  }
  std::vector<std::string> changed() {
    std::vector<std::string> out;
    for (const WorkChange& change : must(files().changes_since(must(repository_.head()).commit)))
      out.push_back(
          fmt::format("{}{}{}", change.was_there ? "-" : "", change.is_there ? "+" : "", change.path));
    return out;
  }
  WorkTree files() { return must(WorkTree::open(repository_)); }

  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone");
  Repository repository_ = must(Repository::open(clone_));
};

TEST_F(WorkTreeTest, lists_what_git_would_take) {
  fs::remove(clone_ / "gone");
  write_file(clone_ / "d/new", "new\n");
  write_file(clone_ / "x.o", "x\n");
  fs::create_symlink("a", clone_ / "link");
  EXPECT_EQ(must(files().files()),
            (std::vector<std::string>{".gitignore", "a", "b", "d/c", "d/new", "ignored"}));
}

TEST_F(WorkTreeTest, says_what_has_changed_since_a_commit) {
  EXPECT_EQ(changed(), std::vector<std::string>{});
  fs::remove(clone_ / "gone");
  write_file(clone_ / "a", "other\n");
  write_file(clone_ / "d/new", "new\n");
  write_file(clone_ / "staged", "new\n");
  git(clone_, "add staged");
  fs::remove(clone_ / "b");
  fs::create_symlink("a", clone_ / "b");
  EXPECT_EQ(changed(), (std::vector<std::string>{"-+a", "-b", "+d/new", "-gone", "+staged"}));
}

TEST_F(WorkTreeTest, reads_files_and_follows_no_symlink) {
  EXPECT_EQ(must(files().read("d/c", 100)), "d/c\n");
  EXPECT_FALSE(files().read("d/c", 3));
  EXPECT_FALSE(files().read("d", 100));
  EXPECT_FALSE(files().read("none", 100));
  fs::create_symlink("/etc", clone_ / "etc");
  fs::create_symlink("/etc/passwd", clone_ / "link");
  EXPECT_FALSE(files().read("etc/passwd", 1'000'000));
  EXPECT_FALSE(files().read("link", 1'000'000));
}

TEST_F(WorkTreeTest, is_refused_for_a_bare_repository) {
  git(temp_.path(), "clone -q --bare clone bare");
  const Repository bare = must(Repository::open(temp_ / "bare"));
  const auto none = WorkTree::open(bare);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault, base::Fault::input);
}

}  // namespace
}  // namespace fleet::git
