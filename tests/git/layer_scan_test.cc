#include "git/layer_scan.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>

#include "git/workspace_fixture.h"

namespace fleet::git {
namespace {

using ::testing::ElementsAre;

// What the kernel leaves in an upper folder, made by hand: no mount is needed for that.
class LayerScanTest : public WorkspaceTest {
 protected:
  void SetUp() override {
    const fs::path device = temp_ / "device";
    if (::mknod(device.c_str(), S_IFCHR | 0600, 0) != 0 && errno == EPERM)
      GTEST_SKIP() << "NOT TESTED: devices of no number may not be made here";
    fs::remove(device);
  }
  static void white_out(const fs::path& path) {
    fs::create_directories(path.parent_path());
    ASSERT_EQ(::mknod(path.c_str(), S_IFCHR | 0600, 0), 0);
  }
};

TEST_F(LayerScanTest, takes_a_submodule_away_with_its_folder_and_says_so) {
  git(clone_, "update-index --add --cacheinfo 160000," + std::string(40, '1') + ",lib/sub");
  git(clone_, "commit -qm submodule");
  const std::vector<std::function<void(const fs::path&)>> ways{
      [](const fs::path& upper) { white_out(upper / "lib"); },
      [](const fs::path& upper) { white_out(upper / "lib/sub"); },
      [](const fs::path& upper) { write_file(upper / "lib", "file\n"); },
      [](const fs::path& upper) {
        fs::create_directories(upper / "lib");
        fs::create_symlink("../a", upper / "lib/sub");
      },
      [](const fs::path& upper) {
        write_file(upper / "lib/other", "file\n");
        ASSERT_EQ(::setxattr((upper / "lib").c_str(), "user.overlay.opaque", "y", 1, 0), 0);
      }};
  for (std::size_t way = 0; way < ways.size(); ++way) {
    SCOPED_TRACE(way);
    Workspace workspace = must(pool_.acquire_layered(head()));
    ways[way](workspace.layers()->upper);
    const auto snapshot = must(workspace.snapshot());
    EXPECT_THAT(snapshot.notes, ElementsAre("the submodule was removed: lib/sub"));
    EXPECT_EQ(git(clone_, "ls-tree -r " + snapshot.tree.hex()).find("160000"), std::string::npos);
  }
  Workspace workspace = must(pool_.acquire_layered(head()));
  fs::create_directories(workspace.layers()->upper / "lib/sub");  // its times were changed
  EXPECT_TRUE(must(workspace.snapshot()).changes.empty());
}

TEST_F(LayerScanTest, takes_ignored_files_that_the_task_tells_its_git_to_track) {
  Workspace workspace = must(pool_.acquire_layered(head()));
  const fs::path upper = workspace.layers()->upper;
  for (const char* name : {"x.o", "y.o", "build/out", "build/other"})
    write_file(upper / name, name);
  EXPECT_TRUE(must(workspace.snapshot()).changes.empty());
  fs::copy(workspace.layers()->lower / ".git", upper / ".git", fs::copy_options::recursive);
  git(upper, "add -f x.o build/out");
  const auto snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes), ElementsAre("build/out", "x.o"));
  EXPECT_TRUE(snapshot.notes.empty());

  write_file(upper / ".gitignore", "*.o\nbuild/\n/dir/b\n/a\n");
  git(upper, "rm -q --cached dir/b");  // below, and in the upper folder not at all
  EXPECT_THAT(paths(must(workspace.snapshot()).changes),
              ElementsAre(".gitignore", "build/out", "dir/b", "x.o"));
}

}  // namespace
}  // namespace fleet::git
