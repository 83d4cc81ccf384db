#include "git/workspace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "git/workspace_fixture.h"

namespace fleet::git {
namespace {

using model::FileMode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Where something else is in the way, nothing is written.
void try_write(const fs::path& path, const std::string& bytes) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (!error && !fs::is_symlink(path)) std::ofstream(path) << bytes;
}

TEST_F(WorkspaceTest, holds_a_commit_in_a_repository_of_its_own_that_git_finds_clean) {
  const Workspace workspace = must(pool_.acquire(head()));
  EXPECT_EQ(on_disk(workspace.folder()), as_stored(head()));
  EXPECT_EQ(git(workspace.folder(), "status --porcelain --ignored"), "");
  EXPECT_EQ(git(workspace.folder(), "rev-parse HEAD"), head().hex());
  EXPECT_EQ(git(workspace.folder(), "log --format=%s"), "start");
  EXPECT_EQ(git(workspace.folder(), "remote"), "");
  EXPECT_EQ(git(workspace.folder(), "rev-parse --abbrev-ref HEAD"), "HEAD") << "detached";
  EXPECT_EQ(git(workspace.folder(), "fsck"), "");
  EXPECT_NE(fs::canonical(git(workspace.folder(), "rev-parse --absolute-git-dir")),
            fs::canonical(clone_ / ".git"));
}

TEST_F(WorkspaceTest, shows_an_agent_its_own_changes_only) {
  const Workspace workspace = must(pool_.acquire(head()));
  write_file(workspace.folder() / "a", "changed\n");
  write_file(workspace.folder() / "new", "new\n");
  EXPECT_EQ(git(workspace.folder(), "status --porcelain"), " M a\n?? new");
  EXPECT_THAT(git(workspace.folder(), "diff"), HasSubstr("+changed"));
}

TEST_F(WorkspaceTest, finds_what_was_changed_and_nothing_else) {
  Workspace workspace = must(pool_.acquire(head()));
  const fs::path at = workspace.folder();
  EXPECT_THAT(must(workspace.snapshot()).changes, IsEmpty());
  write_file(at / "a", "x\n");
  fs::remove(at / "dir/b");
  fs::create_symlink("../a", at / "dir/link");
  write_file(at / "ignored.o", "o");
  write_file(at / "build/out", "o");
  fs::create_directories(at / "empty/folder");
  write_file(at / "tool", "#!/bin/sh\n");
  fs::permissions(at / "tool", fs::perms::owner_exec, fs::perm_options::add);
  const auto snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes), ElementsAre("a", "dir/b", "dir/link", "tool"));
  EXPECT_EQ(snapshot.changes[1].after.mode, FileMode::none);
  EXPECT_EQ(snapshot.changes[2].after.mode, FileMode::symlink);
  EXPECT_EQ(snapshot.changes[3].after.mode, FileMode::executable);
  EXPECT_THAT(snapshot.notes, IsEmpty());
  EXPECT_EQ(must(store_.read_blob(snapshot.changes[2].after.id)), "../a");
}

TEST_F(WorkspaceTest, finds_a_change_of_the_same_size_at_once_whatever_time_the_file_claims) {
  for (int round = 0; round < 20; ++round) {
    Workspace workspace = must(pool_.acquire(head()));
    struct stat before {};
    ASSERT_EQ(::stat((workspace.folder() / "a").c_str(), &before), 0);
    const int fd = ::open((workspace.folder() / "a").c_str(), O_WRONLY);
    ASSERT_EQ(::pwrite(fd, "9", 1, 0), 1);
    const timespec times[2]{before.st_atim, before.st_mtim};
    ASSERT_EQ(::futimens(fd, times), 0);
    ::close(fd);
    EXPECT_THAT(paths(must(workspace.snapshot()).changes), ElementsAre("a"));
  }
}

TEST_F(WorkspaceTest, compares_with_any_base_and_can_be_asked_again) {
  Workspace workspace = must(pool_.acquire(head()));
  write_file(workspace.folder() / "a", "first\n");
  const auto first = must(workspace.snapshot());
  const ObjectId commit = commit_of(first, head());
  must(workspace.move_to(commit));
  write_file(workspace.folder() / "new", "second\n");
  EXPECT_THAT(paths(must(workspace.snapshot()).changes), ElementsAre("new"));
  EXPECT_THAT(paths(must(workspace.snapshot(head())).changes), ElementsAre("a", "new"));
}

TEST_F(WorkspaceTest, flattens_what_an_agent_commits_and_stages) {
  Workspace workspace = must(pool_.acquire(head()));
  const fs::path at = workspace.folder();
  write_file(at / "a", "committed\n");
  git(at, "commit -qam agent");
  write_file(at / "staged", "staged\n");
  git(at, "add staged");
  git(at, "rm -q --cached dir/b");
  git(at, "branch topic");
  EXPECT_THAT(paths(must(workspace.snapshot()).changes), ElementsAre("a", "staged"));
  EXPECT_EQ(git(clone_, "for-each-ref"), head().hex() + " commit\trefs/heads/main");
  must(workspace.move_to(head()));
  EXPECT_EQ(git(at, "status --porcelain"), "");
  EXPECT_EQ(git(at, "branch --list"), "* (no branch)\n  main");
}

// What `git add -A` takes is the judge, on random trees and random edits.
TEST_F(WorkspaceTest, takes_what_git_would_add_and_restores_what_git_would_check_out) {
  ObjectId at = head();
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Workspace workspace = must(pool_.acquire(at));
    const fs::path folder = workspace.folder();
    ASSERT_EQ(on_disk(folder), as_stored(at));
    ASSERT_EQ(git(folder, "status --porcelain --ignored"), "");
    for (std::size_t edits = dice.below(12); edits > 0; --edits) {
      const fs::path path = folder / random_path(dice);
      std::error_code ignored;
      switch (dice.below(7)) {
        case 0:
          fs::remove_all(path, ignored);
          break;
        case 1:
          fs::remove_all(path, ignored);
          fs::create_directories(path.parent_path(), ignored);
          fs::create_symlink("target", path, ignored);
          break;
        case 2:
          if (fs::is_regular_file(fs::symlink_status(path, ignored))) {
            fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add, ignored);
          }
          break;
        case 3:
          try_write(path.parent_path() / "x.o", "ignored");
          if (dice.one_in(2)) {
            run("cd " + shell_quote(folder.string()) + " && git add -f " +
                shell_quote((path.parent_path() / "x.o").string()) + " 2>&1");
          } else if (dice.one_in(2)) {
            run("cd " + shell_quote(folder.string()) + " && git rm -q -r --cached " +
                shell_quote(path.parent_path().string()) + " 2>&1");
          }
          break;
        case 4:
          try_write(path.parent_path() / ".gitignore", dice.one_in(2) ? "a*\n!a.c\n" : "/b\nc d/\n");
          break;
        default:
          try_write(path, fmt::format("content {}", dice.below(9)));
      }
    }
    const auto snapshot = must(workspace.snapshot());
    const bool adds = run("cd " + shell_quote(folder.string()) + " && git add -A 2>&1").status == 0;
    ASSERT_TRUE(adds);
    ASSERT_EQ(snapshot.tree.hex(), git(folder, "write-tree")) << git(folder, "status --porcelain --ignored");
    ASSERT_EQ(must(diff(store_, must(store_.tree_of(at)), snapshot.tree)), snapshot.changes);
    if (dice.one_in(2)) at = commit_of(snapshot, at);
  }
  EXPECT_EQ(pool_.size(), 1u);
}

TEST_F(WorkspaceTest, removes_all_that_is_not_in_the_next_snapshot) {
  {
    Workspace workspace = must(pool_.acquire(head()));
    const fs::path at = workspace.folder();
    write_file(at / "a", "x\n");
    write_file(at / "build/deep/out", "o");
    write_file(at / "x.o", "o");
    write_file(at / "untracked/file", "o");
    write_file(at / "dir/sub/c.o", "o");
    fs::remove_all(at / "dir/sub/c");
    fs::create_directories(at / "empty");
    fs::permissions(at / "dir/b", fs::perms::all);
    fs::permissions(at / "dir", fs::perms::owner_read);
  }
  const Workspace workspace = must(pool_.acquire(head()));
  EXPECT_EQ(pool_.size(), 1u);
  EXPECT_EQ(on_disk(workspace.folder()), as_stored(head()));
  struct stat info {};
  ASSERT_EQ(::stat((workspace.folder() / "dir/b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07111, 0u);
  ASSERT_EQ(::stat((workspace.folder() / "dir").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0700, 0700u);
}

TEST_F(WorkspaceTest, skips_the_scan_only_when_told_that_nothing_was_written_since_the_snapshot) {
  Workspace workspace = must(pool_.acquire(head()));
  write_file(workspace.folder() / "a", "x\n");
  write_file(workspace.folder() / "build/out", "o");
  must(workspace.snapshot());
  must(workspace.move_to(head(), Since::unchanged));
  EXPECT_EQ(on_disk(workspace.folder()), as_stored(head()));
  must(workspace.snapshot());
  write_file(workspace.folder() / "late", "written by a check");
  must(workspace.move_to(head()));
  EXPECT_EQ(on_disk(workspace.folder()), as_stored(head()));
}

TEST_F(WorkspaceTest, honours_the_rules_that_the_user_keeps_outside_the_tree) {
  write_file(clone_ / ".git/info/exclude", "*.private\n");
  write_file(temp_ / "my-ignore", "*.mine\n!x.o\n");
  git(clone_, "config core.excludesFile " + shell_quote((temp_ / "my-ignore").string()));
  const Repository again = must(Repository::open(clone_));
  WorkspacePool pool = must(WorkspacePool::open(again, temp_ / "pool2"));
  Workspace workspace = must(pool.acquire(head()));
  for (const char* name : {"x.private", "x.mine", "x.o", "x.txt"})
    write_file(workspace.folder() / name, "x");
  EXPECT_THAT(paths(must(workspace.snapshot()).changes), ElementsAre("x.txt"));
  EXPECT_EQ(git(workspace.folder(), "status --porcelain"), "?? x.txt");
}

TEST_F(WorkspaceTest, takes_a_tracked_file_in_an_ignored_folder_but_no_new_one) {
  write_file(clone_ / "build/tracked", "1\n");
  git(clone_, "add -f build/tracked");
  git(clone_, "commit -qm tracked");
  Workspace workspace = must(pool_.acquire(head()));
  write_file(workspace.folder() / "build/tracked", "2\n");
  write_file(workspace.folder() / "build/new", "2\n");
  EXPECT_THAT(paths(must(workspace.snapshot()).changes), ElementsAre("build/tracked"));
}

TEST_F(WorkspaceTest, leaves_out_and_says_what_cannot_be_in_a_snapshot) {
  Workspace workspace = must(pool_.acquire(head()));
  const fs::path at = workspace.folder();
  ASSERT_EQ(::mkfifo((at / "fifo").c_str(), 0600), 0);
  fs::create_directories(at / "nested");
  git(at / "nested", "init -q");
  write_file(at / "nested/file", "x");
  write_file(at / "dir/GIT~1", "x");
  fs::remove(at / "dir/b");
  ASSERT_EQ(::mkfifo((at / "dir/b").c_str(), 0600), 0);
  const auto snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes), ElementsAre("dir/b")) << "a fifo is no file, so the file is gone";
  EXPECT_THAT(snapshot.notes, SizeIs(4));
  must(workspace.move_to(head()));
  EXPECT_EQ(on_disk(at), as_stored(head()));
}

TEST_F(WorkspaceTest, leaves_submodules_alone) {
  make_clone(temp_ / "library", {{"lib", "1\n"}});
  git(clone_,
      "-c protocol.file.allow=always submodule add -q " + shell_quote((temp_ / "library").string()) + " lib");
  git(clone_, "commit -qm submodule");
  EXPECT_THAT(must(repository_.submodules(head())), ElementsAre("lib"));
  Workspace workspace = must(pool_.acquire(head()));
  EXPECT_TRUE(fs::is_empty(workspace.folder() / "lib"));
  EXPECT_EQ(git(workspace.folder(), "status --porcelain"), "");
  write_file(workspace.folder() / "lib/file", "x");
  const auto snapshot = must(workspace.snapshot());
  EXPECT_THAT(snapshot.changes, IsEmpty());
  EXPECT_THAT(snapshot.notes, ElementsAre(HasSubstr("submodule")));
  must(workspace.move_to(head()));
  EXPECT_TRUE(fs::is_empty(workspace.folder() / "lib"));
}

TEST_F(WorkspaceTest, keeps_bytes_as_they_are_stored) {
  write_file(clone_ / ".gitattributes", "*.txt text eol=crlf\n*.bin filter=lfs diff=lfs merge=lfs -text\n");
  write_file(clone_ / "x.txt", "one\ntwo\n");
  const std::string pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, '0') + "\nsize 5\n";
  write_file(clone_ / "x.bin", pointer);
  git(clone_, "add -A");
  git(clone_, "commit -qm attributes");
  git(clone_, "config core.autocrlf true");
  const Repository again = must(Repository::open(clone_));
  WorkspacePool pool = must(WorkspacePool::open(again, temp_ / "pool2"));
  Workspace workspace = must(pool.acquire(head()));
  EXPECT_EQ(read_file(workspace.folder() / "x.txt"), "one\ntwo\n");
  EXPECT_EQ(read_file(workspace.folder() / "x.bin"), pointer);
  EXPECT_EQ(git(workspace.folder(), "status --porcelain"), "");
  write_file(workspace.folder() / "a", "1\r\n");
  const auto snapshot = must(workspace.snapshot());
  EXPECT_EQ(must(store_.read_blob(snapshot.changes.at(0).after.id)), "1\r\n");
}

TEST_F(WorkspaceTest, tells_names_apart_that_differ_in_case_only) {
  Workspace workspace = must(pool_.acquire(head()));
  fs::rename(workspace.folder() / "a", workspace.folder() / "A");
  const auto snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes), ElementsAre("A", "a"));
  must(workspace.move_to(commit_of(snapshot, head())));
  EXPECT_EQ(on_disk(workspace.folder()).count("A"), 1u);
  EXPECT_EQ(on_disk(workspace.folder()).count("a"), 0u);
}

TEST_F(WorkspaceTest, refuses_a_file_that_is_too_large) {
  PoolOptions options;
  options.max_file_bytes = 1000;
  WorkspacePool pool = must(WorkspacePool::open(repository_, temp_ / "pool2", options));
  Workspace workspace = must(pool.acquire(head()));
  write_file(workspace.folder() / "big", std::string(1001, 'x'));
  const auto snapshot = workspace.snapshot();
  ASSERT_FALSE(snapshot);
  EXPECT_THAT(snapshot.error().message(), HasSubstr("1001 bytes"));
}

TEST_F(WorkspaceTest, stores_large_files_in_pieces) {
  Workspace workspace = must(pool_.acquire(head()));
  std::string bytes;
  for (int i = 0; bytes.size() < 9'000'000; ++i)
    bytes += std::to_string(i);
  write_file(workspace.folder() / "big", bytes);
  const auto snapshot = must(workspace.snapshot());
  EXPECT_EQ(snapshot.changes.at(0).after.id, ObjectStore::hash_blob(bytes));
  EXPECT_EQ(must(store_.read_blob(snapshot.changes.at(0).after.id)), bytes);
}

TEST_F(WorkspaceTest, hands_ignored_files_on_as_private_copies) {
  const std::vector<std::string> globs{"build", "*.o"};
  {
    Workspace workspace = must(pool_.acquire(head()));
    const fs::path at = workspace.folder();
    write_file(at / "build/bin/tool", "#!/bin/sh\n");
    fs::permissions(at / "build/bin/tool", fs::perms::owner_exec, fs::perm_options::add);
    fs::last_write_time(at / "build/bin/tool", fs::file_time_type::clock::now() - std::chrono::hours(5));
    fs::create_symlink("tool", at / "build/bin/link");
    fs::create_symlink("/etc/passwd", at / "build/evil");
    write_file(at / "dir/x.o", "object");
    write_file(at / "visible", "in the snapshot");
    must(workspace.snapshot());
    EXPECT_THAT(must(workspace.take_kept(globs, temp_ / "kept")).paths, ElementsAre("build", "dir/x.o"));
  }
  const auto stored_time = fs::last_write_time(temp_ / "kept/build/bin/tool");
  for (int round = 0; round < 2; ++round) {
    Workspace workspace = must(pool_.acquire(head()));
    const fs::path at = workspace.folder();
    EXPECT_EQ(on_disk(at), as_stored(head()));
    EXPECT_THAT(must(workspace.give_kept(temp_ / "kept")).notes, IsEmpty());
    EXPECT_EQ(read_file(at / "dir/x.o"), "object");
    EXPECT_EQ(read_file(at / "build/bin/link"), "#!/bin/sh\n");
    EXPECT_EQ(fs::read_symlink(at / "build/evil"), "/etc/passwd");
    EXPECT_EQ(fs::last_write_time(at / "build/bin/tool"), stored_time);
    EXPECT_NE(fs::status(at / "build/bin/tool").permissions() & fs::perms::owner_exec, fs::perms::none);
    write_file(at / "build/bin/tool", "changed by this task only");
    // Also when the task stops ignoring them: what was given is never committed.
    fs::remove(at / ".gitignore");
    EXPECT_THAT(paths(must(workspace.snapshot()).changes), ElementsAre(".gitignore"));
  }
  EXPECT_EQ(read_file(temp_ / "kept/build/bin/tool"), "#!/bin/sh\n");
}

TEST_F(WorkspaceTest, shares_one_workspace_among_readers) {
  std::optional<SharedWorkspace> first = must(pool_.acquire_shared(head()));
  const SharedWorkspace second = must(pool_.acquire_shared(head()));
  EXPECT_EQ(first->folder(), second.folder());
  EXPECT_EQ(pool_.size(), 1u);
  first.reset();
  const Workspace other = must(pool_.acquire(head()));
  EXPECT_NE(other.folder(), second.folder());
}

TEST_F(WorkspaceTest, keeps_a_shared_workspace_as_it_is_until_somebody_needs_the_folder) {
  const auto time_of_git = [](const SharedWorkspace& shared) {
    return fs::last_write_time(shared.folder() / ".git/index");
  };
  std::optional<SharedWorkspace> reader = must(pool_.acquire_shared(head()));
  const fs::path folder = reader->folder();
  const auto made = time_of_git(*reader);
  reader.reset();
  reader = must(pool_.acquire_shared(head()));
  EXPECT_EQ(reader->folder(), folder);
  EXPECT_EQ(time_of_git(*reader), made);
  reader.reset();
  std::optional<Workspace> writer = must(pool_.acquire(head()));
  EXPECT_EQ(writer->folder(), folder);
  write_file(writer->folder() / "new", "by the writer");
  writer.reset();
  reader = must(pool_.acquire_shared(head()));
  EXPECT_EQ(reader->folder(), folder);
  EXPECT_FALSE(fs::exists(reader->folder() / "new"));
  EXPECT_EQ(pool_.size(), 1u);
}

TEST_F(WorkspaceTest, serves_many_threads) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        Workspace workspace = must(pool_.acquire(head()));
        write_file(workspace.folder() / "mine", std::to_string(i));
        const auto snapshot = must(workspace.snapshot());
        good += snapshot.changes.size() == 1 &&
                must(store_.read_blob(snapshot.changes[0].after.id)) == std::to_string(i);
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(good, 40);
  EXPECT_LE(pool_.size(), 8u);
}

}  // namespace
}  // namespace fleet::git
