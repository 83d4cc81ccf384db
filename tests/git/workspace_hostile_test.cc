#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "git/workspace_fixture.h"

namespace fleet::git {
namespace {

using model::FileMode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HostileWorkspaceTest : public WorkspaceTest {
 protected:
  HostileWorkspaceTest() { write_file(outside_ / "precious", "precious\n"); }
  void expect_outside_untouched() {
    EXPECT_EQ(on_disk(outside_), (std::map<std::string, std::string>{{"precious", "- precious\n"}}));
  }
  fs::path outside_ = temp_ / "outside";
};

TEST_F(HostileWorkspaceTest, never_follows_a_symlink_out_of_the_workspace) {
  Workspace workspace = must(pool_.acquire(head()));
  const fs::path at = workspace.folder();
  fs::remove_all(at / "dir");
  fs::create_directory_symlink(outside_, at / "dir");
  fs::create_directory_symlink(outside_, at / "build");
  fs::remove(at / "a");
  fs::create_symlink(outside_ / "precious", at / "a");
  const auto snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes), ElementsAre("a", "build", "dir", "dir/b", "dir/sub/c"));
  EXPECT_EQ(snapshot.changes[0].after.mode, FileMode::symlink);
  must(workspace.move_to(head()));
  EXPECT_EQ(on_disk(at), as_stored(head()));
  expect_outside_untouched();
}

TEST_F(HostileWorkspaceTest, makes_its_git_folder_anew_whatever_was_left_there) {
  const fs::path ran = temp_ / "ran";
  Workspace workspace = must(pool_.acquire(head()));
  const fs::path at = workspace.folder();
  write_file(at / ".git/hooks/post-checkout", "#!/bin/sh\ntouch " + ran.string());
  git(at, "config core.fsmonitor 'touch " + ran.string() + "'");
  write_file(at / ".git/objects/info/alternates", "/nowhere\n");
  must(workspace.snapshot());
  must(workspace.move_to(head()));
  EXPECT_EQ(git(at, "status --porcelain"), "");
  EXPECT_FALSE(fs::exists(ran));

  fs::remove_all(at / ".git");
  EXPECT_THAT(must(workspace.snapshot()).changes, IsEmpty());
  fs::create_directory_symlink(outside_, at / ".git");
  must(workspace.move_to(head()));
  EXPECT_EQ(git(at, "rev-parse HEAD"), head().hex());
  expect_outside_untouched();

  fs::remove_all(at / ".git");
  write_file(at / ".git", "gitdir: " + (clone_ / ".git").string() + "\n");
  must(workspace.move_to(head()));
  EXPECT_TRUE(fs::is_directory(at / ".git"));
}

TEST_F(HostileWorkspaceTest, breaks_hard_links_to_what_is_outside) {
  Workspace workspace = must(pool_.acquire(head()));
  const fs::path at = workspace.folder();
  fs::remove(at / "a");
  fs::create_hard_link(outside_ / "precious", at / "a");
  fs::create_hard_link(at / "dir/b", outside_ / "way-in");
  must(workspace.move_to(head()));
  EXPECT_EQ(fs::hard_link_count(at / "a"), 1u);
  EXPECT_EQ(fs::hard_link_count(at / "dir/b"), 1u) << "or it could be changed from outside later";
  fs::remove(outside_ / "way-in");
  expect_outside_untouched();
}

TEST_F(HostileWorkspaceTest, removes_trees_of_any_depth_and_folders_without_permissions) {
  Workspace workspace = must(pool_.acquire(head()));
  int at = ::open(workspace.folder().c_str(), O_RDONLY | O_DIRECTORY);
  for (int depth = 0; depth < 3000; ++depth) {
    ASSERT_EQ(::mkdirat(at, "deep-folder", 0700), 0);
    const int next = ::openat(at, "deep-folder", O_RDONLY | O_DIRECTORY);
    ::close(at);
    at = next;
  }
  ::close(at);
  fs::create_directories(workspace.folder() / "locked/inside");
  write_file(workspace.folder() / "locked/file", "x");
  fs::permissions(workspace.folder() / "locked/inside", fs::perms::none);
  fs::permissions(workspace.folder() / "locked", fs::perms::none);
  const auto snapshot = workspace.snapshot();
  EXPECT_TRUE(!snapshot || paths(snapshot->changes) == std::vector<std::string>{"locked/file"});
  must(workspace.move_to(head()));
  EXPECT_EQ(on_disk(workspace.folder()), as_stored(head()));
}

TEST_F(HostileWorkspaceTest, gives_up_a_workspace_that_was_moved_away) {
  const fs::path moved = temp_ / "moved";
  {
    Workspace workspace = must(pool_.acquire(head()));
    fs::rename(workspace.folder(), moved);
    fs::create_directory_symlink(outside_, workspace.folder());
    EXPECT_FALSE(workspace.snapshot());
  }
  Workspace workspace = must(pool_.acquire(head()));
  EXPECT_EQ(on_disk(workspace.folder()), as_stored(head()));
  EXPECT_EQ(pool_.size(), 1u);
  expect_outside_untouched();
  // Nor does a later pool trust it.
  WorkspacePool later = must(WorkspacePool::open(repository_, temp_ / "pool"));
  EXPECT_EQ(on_disk(must(later.acquire(head())).folder()), as_stored(head()));
  expect_outside_untouched();
}

TEST_F(HostileWorkspaceTest, gives_kept_files_to_no_place_outside) {
  write_file(temp_ / "kept/build/out", "x");
  fs::remove_all(clone_ / "build");
  fs::create_directory_symlink(outside_, clone_ / "build");
  write_file(clone_ / ".gitignore", "*.o\n");
  git(clone_, "add -A");
  git(clone_, "commit -qm link");
  Workspace workspace = must(pool_.acquire(head()));
  (void)workspace.give_kept(temp_ / "kept");
  expect_outside_untouched();
}

}  // namespace
}  // namespace fleet::git
