#include <gmock/gmock.h>

#include "git/workspace_fixture.h"

// Workspaces whose tasks use git: its index, submodules and refs.
namespace fleet::git {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

using WorkspaceGitTest = WorkspaceTest;

TEST_F(WorkspaceGitTest, takes_ignored_files_that_the_task_tells_its_git_to_track) {
  for (const char* version : {"2", "3", "4"}) {
    SCOPED_TRACE(version);
    Workspace workspace = must(pool_.acquire(head()));
    const fs::path at = workspace.folder();
    for (const char* name : {"x.o", "y.o", "build/deep/out", "build/deep/other", "build/top"})
      write_file(at / name, name);
    git(at, "update-index --index-version " + std::string(version));
    git(at, "add -f x.o build/deep/out");
    if (std::string(version) == "3") git(at, "add -N -f build/top");  // what version 3 is for
    git(at, "commit -qm forced");
    const auto snapshot = must(workspace.snapshot());
    git(at, "add -A");
    EXPECT_EQ(snapshot.tree.hex(), git(at, "write-tree"));
    EXPECT_THAT(snapshot.notes, IsEmpty());
    EXPECT_THAT(paths(snapshot.changes), IsSupersetOf({"build/deep/out", "x.o"}));
    EXPECT_THAT(must(workspace.take_kept(std::vector<std::string>{"build", "*.o"}, temp_ / version)).paths,
                Contains("y.o"));
    EXPECT_TRUE(fs::exists(at / "build/deep/out"));
    must(workspace.move_to(head()));
    EXPECT_EQ(on_disk(at), as_stored(head()));
    write_file(at / "x.o", "of another task");
    EXPECT_THAT(must(workspace.snapshot()).changes, IsEmpty());
  }
}

// Also those in folders that are ignored as a whole; but not what is tracked by mistake only.
TEST_F(WorkspaceGitTest, takes_away_what_is_ignored_and_that_the_task_tells_its_git_not_to_track) {
  for (const char* name : {"out.log", "gen/deep/x", "gen/y", "dir/b.o"})
    write_file(clone_ / name, name);
  git(clone_, "add -f -A");
  git(clone_, "commit -qm tracked");
  Workspace workspace = must(pool_.acquire(head()));
  const fs::path at = workspace.folder();
  git(at, "rm -q -r --cached out.log gen a dir/b.o");
  write_file(at / ".gitignore", "*.log\n/gen/\n");
  write_file(at / "dir/.gitignore", "*.o\n");
  write_file(at / "gen/deep/x", "changed");
  const auto snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes),
              ElementsAre(".gitignore", "dir/.gitignore", "dir/b.o", "gen/deep/x", "gen/y", "out.log"));
  git(at, "add -A");
  EXPECT_EQ(snapshot.tree.hex(), git(at, "write-tree"));
  must(workspace.move_to(head(), Since::unchanged));
  EXPECT_EQ(on_disk(at), as_stored(head()));
}

TEST_F(WorkspaceGitTest, says_that_it_cannot_read_what_the_task_has_made_of_its_index) {
  const std::vector<std::string> ways{"echo rubbish > .git/index",
                                      "head -c 100 .git/index > i; mv i .git/index",
                                      "rm .git/index; ln -s /dev/zero .git/index",
                                      "rm .git/index; mkdir .git/index",
                                      "rm .git/index; mkfifo .git/index",
                                      "git update-index --split-index"};
  for (const std::string& way : ways) {
    SCOPED_TRACE(way);
    Workspace workspace = must(pool_.acquire(head()));
    const fs::path at = workspace.folder();
    write_file(at / "a", "2\n");
    EXPECT_EQ(run("cd " + shell_quote(at.string()) + " && " + way).status, 0);
    const auto snapshot = must(workspace.snapshot());
    EXPECT_THAT(paths(snapshot.changes), ElementsAre("a"));
    EXPECT_THAT(snapshot.notes, ElementsAre(HasSubstr("index")));
  }
}

// Each of them as `git add -A` takes it.
TEST_F(WorkspaceGitTest, takes_a_submodule_away_with_its_folder_and_says_so) {
  git(clone_, "update-index --add --cacheinfo 160000," + std::string(40, '1') + ",lib/sub");
  write_file(clone_ / ".gitmodules", "[submodule \"s\"]\n\tpath = lib/sub\n\turl = /nowhere\n");
  git(clone_, "add .gitmodules");
  git(clone_, "commit -qm submodule");
  const std::vector<std::string> ways{"git rm -q lib/sub && git commit -qm gone",
                                      "rm -rf lib",
                                      "rm -rf lib && echo file > lib",
                                      "rmdir lib/sub && echo file > lib/sub",
                                      "rmdir lib/sub && ln -s ../a lib/sub",
                                      "rmdir lib/sub && echo other > lib/other"};
  Workspace workspace = must(pool_.acquire(head()));
  for (const std::string& way : ways) {
    SCOPED_TRACE(way);
    const fs::path at = workspace.folder();
    EXPECT_EQ(run("cd " + shell_quote(at.string()) + " && " + way).status, 0);
    const auto snapshot = must(workspace.snapshot());
    git(at, "add -A");
    EXPECT_EQ(snapshot.tree.hex(), git(at, "write-tree"));
    EXPECT_THAT(snapshot.notes, ElementsAre("the submodule was removed: lib/sub"));
    EXPECT_EQ(git(clone_, "ls-tree -r " + snapshot.tree.hex()).find("160000"), std::string::npos);
    must(workspace.move_to(head()));
    EXPECT_EQ(on_disk(at), as_stored(head()));
  }
}

TEST_F(WorkspaceGitTest, takes_submodules_that_a_task_moves_or_adds_but_no_repository_that_nobody_names) {
  make_clone(temp_ / "library", {{"lib", "1\n"}});
  const std::string url = shell_quote((temp_ / "library").string());
  git(clone_, "-c protocol.file.allow=always submodule add -q " + url + " lib");
  git(clone_, "commit -qm submodule");
  const std::string id = git(clone_, "rev-parse HEAD:lib");
  Workspace workspace = must(pool_.acquire(head()));
  const fs::path at = workspace.folder();
  git(at, "mv lib moved");
  auto snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes), ElementsAre(".gitmodules", "lib", "moved"));
  EXPECT_EQ(git(clone_, "ls-tree " + snapshot.tree.hex() + " moved"), "160000 commit " + id + "\tmoved");
  EXPECT_THAT(snapshot.notes, ElementsAre("the submodule was removed: lib"));
  must(workspace.move_to(head()));
  EXPECT_EQ(on_disk(at), as_stored(head()));

  git(at, "-c protocol.file.allow=always submodule add -q " + url + " other");
  git(at, "clone -q " + url + " cloned");
  git(at, "-c advice.addEmbeddedRepo=false add cloned");
  snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes), ElementsAre(".gitmodules", "other"));
  EXPECT_THAT(snapshot.notes, ElementsAre("cloned was left out: it is a git repository of its own"));
  must(workspace.move_to(head()));
  EXPECT_EQ(on_disk(at), as_stored(head()));
}

TEST_F(WorkspaceGitTest, gives_tasks_the_branches_and_tags_that_are_there_and_keeps_what_they_do_to_them) {
  git(clone_, "tag v1");
  git(clone_, "tag -a -m two v2/x");
  git(clone_, "branch old");
  git(clone_, "commit -q --allow-empty -m next");
  git(clone_, "pack-refs --all");
  git(clone_, "branch new");
  git(clone_, "symbolic-ref refs/heads/alias refs/heads/new");
  git(clone_, "update-ref refs/remotes/origin/main HEAD");
  git(clone_, "update-ref refs/fleet/r1/start HEAD");
  const std::string refs = git(clone_, "for-each-ref");
  WorkspacePool pool = must(WorkspacePool::open(repository_, temp_ / "pool2"));
  git(clone_, "tag late");
  Workspace workspace = must(pool.acquire(head()));
  const fs::path at = workspace.folder();
  EXPECT_EQ(git(at, "for-each-ref --format='%(refname) %(objectname)'"),
            git(clone_, "tag -d late >/dev/null; git -C " + clone_.string() +
                            " for-each-ref --format='%(refname) %(objectname)' refs/heads refs/tags"));
  EXPECT_EQ(git(at, "describe --tags"), "v2/x-1-g" + git(at, "rev-parse --short HEAD"));
  EXPECT_EQ(git(at, "diff main old"), "");
  EXPECT_EQ(git(at, "fsck --strict --no-dangling"), "");
  EXPECT_EQ(git(at, "status --short --branch"), "## HEAD (no branch)");
  write_file(at / "a", "2\n");
  git(at, "checkout -q main");
  git(at, "commit -qam mine");
  git(at, "branch -q -D old new");
  git(at, "tag -d v1");
  git(at, "pack-refs --all --prune");
  git(at, "gc -q --prune=now");
  EXPECT_THAT(paths(must(workspace.snapshot()).changes), ElementsAre("a"));
  EXPECT_EQ(git(clone_, "for-each-ref"), refs);
  EXPECT_EQ(git(clone_, "fsck --strict --no-dangling"), "");
  must(workspace.move_to(head()));
  EXPECT_EQ(git(at, "rev-parse v1 main"), git(clone_, "rev-parse v1 main"));
  EXPECT_EQ(git(at, "status --short --branch"), "## HEAD (no branch)");
}

TEST_F(WorkspaceGitTest, refuses_a_gitmodules_that_is_a_symlink_as_git_does) {
  for (const char* name :
       {".gitmodules", "dir/.GitModules", ".gitmodules.", "GITMOD~1", "gi7eba~1", "gi7d~10"}) {
    SCOPED_TRACE(name);
    Workspace workspace = must(pool_.acquire(head()));
    const fs::path at = workspace.folder();
    fs::create_symlink("/etc/passwd", at / name);
    const std::string link = git(at, "hash-object -w a");
    write_file(temp_ / "entry", "120000 blob " + link + "\t" + fs::path(name).filename().string() + "\n");
    const std::string tree = git(at, "mktree <" + shell_quote((temp_ / "entry").string()));
    const Ran fsck = run("git -C " + at.string() + " fsck --no-dangling " + tree + " 2>&1");
    const bool refuses = fsck.out.find("gitmodulesSymlink") != std::string::npos;
    EXPECT_EQ(refuses, std::string(name) != "gi7d~10") << fsck.out;
    const auto snapshot = workspace.snapshot();
    ASSERT_EQ(!snapshot, refuses);
    if (!refuses) continue;
    EXPECT_THAT(snapshot.error().message(), HasSubstr("a .gitmodules that is a symlink"));
  }
}

}  // namespace
}  // namespace fleet::git
