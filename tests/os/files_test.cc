#include "os/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/unique_fd.h"
#include "os/run_program.h"
#include "os/running.h"
#include "os/system.h"

namespace fleet::os {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Runs it as a user without root's rights over files; its answer is the exit status.
template <class Work>
int as_nobody(const std::string& folder, Work work) {
  const UserId nobody{65534, 65534};
  if (::geteuid() == 0) {
    // fleet:ignore c.shell-command the folder is the test's own
    EXPECT_EQ(std::system(fmt::format("chown -R -h {}:{} '{}'", nobody.uid, nobody.gid, folder).c_str()), 0);
  }
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(nobody.gid) != 0 || ::setuid(nobody.uid) != 0)) ::_exit(99);
    ::_exit(work());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct Files : testing::Test {
  TemporaryDirectory folder = TemporaryDirectory::create().value();
};

TEST_F(Files, ReadsWhatWasWrittenAndRefusesMoreThanTheCap) {
  const std::string bytes("a\0\xff\n", 4);
  ASSERT_TRUE(write_file_atomically(folder / "file", bytes, 0600));
  EXPECT_EQ(read_file(folder / "file", 4).value(), bytes);
  EXPECT_THAT(read_file(folder / "file", 3).error().message(), HasSubstr("longer than 3 bytes"));
  struct stat status {};
  ASSERT_EQ(::stat((folder / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Files, ReadsFilesThatSayTheyAreEmpty) {
  EXPECT_THAT(read_file("/proc/self/status", 1 << 20).value(), HasSubstr("Name:"));
}

TEST_F(Files, DoesNotWaitForANamedPipe) {
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(read_file(folder / "pipe", 10).error().message(), HasSubstr("not a regular file"));
}

TEST_F(Files, AnErrorNamesTheFile) {
  EXPECT_EQ(read_file("/no/such", 10).error().message(), "cannot read /no/such: No such file or directory");
}

TEST_F(Files, ReplacesAFileAtOnceAndLeavesNothingBeside) {
  ASSERT_TRUE(write_file_atomically(folder / "file", "old"));
  const base::UniqueFd reader(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(write_file_atomically(folder / "file", "new"));
  char old[4]{};
  EXPECT_EQ(::read(reader.get(), old, 3), 3);
  EXPECT_STREQ(old, "old");
  EXPECT_THAT(list_directory(folder.path()).value(), ElementsAre("file"));
  EXPECT_FALSE(write_file_atomically(folder / "no/such/folder", "x"));
}

// Any other failure than a refusal is one of the test.
#define MOUNT_OR_SKIP(place, options)                                                                \
  if (::mount("none", (place).c_str(), "tmpfs", 0, options) != 0) {                                  \
    ASSERT_EQ(errno, EPERM) << (place);                                                              \
    GTEST_SKIP()                                                                                     \
        << "NOT TESTED: another file system; mounting one takes CAP_SYS_ADMIN, and is refused here"; \
  }

TEST_F(Files, AFullDiskKeepsTheOldFileAndSaysWhatToDo) {
  const std::string disk = folder / "disk";
  ASSERT_TRUE(make_directories(disk));
  MOUNT_OR_SKIP(disk, "size=64k");
  EXPECT_TRUE(write_file_atomically(disk + "/file", "old"));
  const auto written = write_file_atomically(disk + "/file", std::string(1 << 20, 'x'));
  const auto old = read_file(disk + "/file", 10);
  const auto names = list_directory(disk);
  ::umount(disk.c_str());
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message(), HasSubstr("No space left on device"));
  EXPECT_THAT(written.error().hint, HasSubstr("free some space"));
  EXPECT_EQ(old.value(), "old");
  EXPECT_THAT(names.value(), ElementsAre("file"));
}

TEST_F(Files, MakesFoldersWithTheirParents) {
  EXPECT_TRUE(make_directories(folder / "a/b/c/"));
  EXPECT_TRUE(make_directories(folder / "a/b"));
  EXPECT_TRUE(is_directory(folder / "a/b/c"));
  ASSERT_TRUE(write_file_atomically(folder / "file", ""));
  EXPECT_FALSE(make_directories(folder / "file"));
  EXPECT_FALSE(make_directories(folder / "file/below"));
  EXPECT_FALSE(make_directories(""));
}

TEST_F(Files, RemovesATreeButNothingThatItPointsTo) {
  ASSERT_TRUE(make_directories(folder / "keep/sub"));
  ASSERT_TRUE(write_file_atomically(folder / "keep/sub/file", "kept"));
  ASSERT_TRUE(make_directories(folder / "tree/a\nb/\xff"));
  ASSERT_EQ(::symlink((folder / "keep").c_str(), (folder / "tree/link").c_str()), 0);
  ASSERT_EQ(::symlink("/no/such", (folder / "tree/dangling").c_str()), 0);
  for (int i = 0; i < 500; ++i) {
    const base::UniqueFd file(
        ::open((folder / ("tree/" + std::to_string(i))).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0400));
  }
  EXPECT_TRUE(remove_tree(folder / "tree"));
  EXPECT_FALSE(exists(folder / "tree"));
  EXPECT_EQ(read_file(folder / "keep/sub/file", 10).value(), "kept");
  ASSERT_EQ(::symlink((folder / "keep").c_str(), (folder / "link").c_str()), 0);
  EXPECT_TRUE(remove_tree(folder / "link"));
  EXPECT_TRUE(exists(folder / "keep"));
  EXPECT_TRUE(remove_tree(folder / "link"));
}

TEST_F(Files, RemovesFoldersThatAreNestedPastEveryLimit) {
  ASSERT_TRUE(make_directories(folder / "tree"));
  base::UniqueFd at(::open((folder / "tree").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < 400; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), "nested", 0700), 0);
    const base::UniqueFd file(::openat(at.get(), "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    at.reset(::openat(at.get(), "nested", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  const auto removed = remove_tree(folder / "tree");
  EXPECT_TRUE(removed) << removed.error().message();
  EXPECT_FALSE(exists(folder / "tree"));
}

TEST_F(Files, RemovesWhatIsClosedForWritingAndReading) {
  ASSERT_TRUE(make_directories(folder / "tree/closed/below"));
  ASSERT_TRUE(write_file_atomically(folder / "tree/closed/below/file", "", 0));
  EXPECT_EQ(as_nobody(folder.path(),
                      [&] {
                        ::chmod((folder / "tree/closed/below").c_str(), 0);
                        ::chmod((folder / "tree/closed").c_str(), 0500);
                        return remove_tree(folder / "tree") ? 0 : 1;
                      }),
            0);
  EXPECT_FALSE(exists(folder / "tree"));
}

TEST_F(Files, DoesNotReachIntoAnotherFileSystem) {
  const std::string mounted = folder / "tree/mounted";
  ASSERT_TRUE(make_directories(mounted));
  MOUNT_OR_SKIP(mounted, nullptr);
  EXPECT_TRUE(write_file_atomically(mounted + "/file", "kept"));
  const auto removed = remove_tree(folder / "tree");
  const auto kept = read_file(mounted + "/file", 10);
  ::umount(mounted.c_str());
  ASSERT_FALSE(removed);
  EXPECT_THAT(removed.error().message(), HasSubstr("mounted"));
  EXPECT_EQ(kept.value(), "kept");
}

TEST_F(Files, ANewFileIsMadeOnlyWhereNothingIs) {
  ASSERT_TRUE(make_file(folder / "new", 0600));
  EXPECT_EQ(read_file(folder / "new", 10).value(), "");
  EXPECT_FALSE(make_file(folder / "new", 0600));
  ASSERT_EQ(::symlink("nowhere", (folder / "link").c_str()), 0);
  EXPECT_FALSE(make_file(folder / "link", 0600));
  EXPECT_FALSE(exists(folder / "nowhere"));
}

TEST_F(Files, AFileThatAProgramWasToWriteIsReadOnlyWhereItIsThat) {
  const std::uint32_t us = ::geteuid();
  ASSERT_TRUE(write_file_atomically(folder / "secret", "secret"));
  ASSERT_TRUE(write_file_atomically(folder / "output", "a=1"));
  EXPECT_EQ(read_file_of(us, folder / "output", 100).value(), "a=1");
  EXPECT_FALSE(read_file_of(us + 1, folder / "output", 100));
  EXPECT_FALSE(read_file_of(us, folder / "nothing", 100));
  ASSERT_EQ(::symlink("secret", (folder / "link").c_str()), 0);
  EXPECT_THAT(read_file_of(us, folder / "link", 100).error().message(), HasSubstr("symlink"));
  ASSERT_EQ(::link((folder / "secret").c_str(), (folder / "second").c_str()), 0);
  EXPECT_THAT(read_file_of(us, folder / "second", 100).error().message(), HasSubstr("another name"));
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_FALSE(read_file_of(us, folder / "fifo", 100));
  ASSERT_TRUE(make_directories(folder / "folder/within"));
  EXPECT_THAT(read_file_of(us, folder / "folder", 100).error().message(), HasSubstr("not a regular file"));
}

TEST(ReadFileBelow, FollowsSymlinksThatStayInTheFolder) {
  const auto folder = TemporaryDirectory::create().value();
  const std::string root = folder / "root";
  ASSERT_TRUE(make_directories(root + "/build"));
  ASSERT_TRUE(write_file_atomically(root + "/build/data", "inside"));
  ASSERT_TRUE(write_file_atomically(folder / "secret", "outside"));
  ASSERT_TRUE(make_directories(folder / "root-beside"));
  ASSERT_TRUE(write_file_atomically(folder / "root-beside/data", "outside"));
  const auto link = [&](const std::string& to, const std::string& name) {
    ASSERT_EQ(::symlink(to.c_str(), (root + "/" + name).c_str()), 0);
  };
  link("build/data", "relative");
  link(root + "/build/data", "whole");
  link("../secret", "out");
  link("../root-beside", "folder");
  link("nowhere", "dangling");
  for (const std::string good : {"build/data", "relative", "whole"}) {
    EXPECT_EQ(read_file_below(root, good, 100).value_or("none"), "inside") << good;
    EXPECT_TRUE(leads_below(root, good)) << good;
  }
  for (const std::string bad : {"out", "folder/data", "../secret"}) {
    const auto read = read_file_below(root, bad, 100);
    ASSERT_FALSE(read) << bad;
    EXPECT_THAT(read.error().message(), HasSubstr("leads out of")) << bad;
    EXPECT_FALSE(leads_below(root, bad)) << bad;
  }
  EXPECT_FALSE(read_file_below(root, "dangling", 100));
  EXPECT_FALSE(leads_below(root, "dangling"));
}

TEST_F(Files, UsedAsSomebodyElseBelongToThemAndOpenOnlyWhatTheyMayOpen) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT TESTED: using files as another user takes root";
  ASSERT_EQ(::chmod(folder.path().c_str(), 0777), 0);
  ASSERT_TRUE(write_file_atomically(folder / "secret", "secret", 0600));
  // Of this thread only, and of those that it starts.
  std::thread([&] {
    ASSERT_TRUE(use_files_as(UserId{1234, 1235}));
    std::thread([&] {
      EXPECT_TRUE(write_file_atomically(folder / "made", "made"));
      EXPECT_FALSE(read_file(folder / "secret", 100));
    }).join();
  }).join();
  EXPECT_EQ(owner_of(folder / "made")->uid, 1234U);
  EXPECT_EQ(owner_of(folder / "made")->gid, 1235U);
  EXPECT_TRUE(read_file(folder / "secret", 100));
}

TEST_F(Files, FindsProgramsAsAShellDoes) {
  ASSERT_TRUE(make_directories(folder / "first/tool"));  // a folder is no program
  ASSERT_TRUE(make_directories(folder / "second"));
  ASSERT_TRUE(write_file_atomically(folder / "second/tool", "", 0755));
  ASSERT_TRUE(write_file_atomically(folder / "second/text", "", 0644));
  const std::string path = (folder / "first") + "::" + (folder / "second");
  EXPECT_EQ(executable_on_path("tool", path), folder / "second/tool");
  EXPECT_EQ(executable_on_path("text", path), std::nullopt);
  EXPECT_EQ(executable_on_path("", path), std::nullopt);
  EXPECT_EQ(executable_on_path(folder / "second/tool", ""), folder / "second/tool");
}

TEST_F(Files, KnowsItself) {
  EXPECT_THAT(own_executable().value(), HasSubstr("os_test"));
  EXPECT_GT(free_disk_space(folder.path()).value(), 0U);
  EXPECT_FALSE(free_disk_space("/no/such"));
}

TEST_F(Files, ATemporaryFolderGoesWithItsOwner) {
  std::string path;
  {
    const auto temporary = TemporaryDirectory::create(folder.path(), "mine-").value();
    path = temporary.path();
    EXPECT_THAT(path, HasSubstr(folder.path() + "/mine-"));
    ASSERT_TRUE(write_file_atomically(temporary / "file", ""));
  }
  EXPECT_FALSE(exists(path));
  EXPECT_FALSE(TemporaryDirectory::create("/no/such"));
}

TEST(System, TellsWhatThereIs) {
  EXPECT_GE(usable_cores(), 1U);
  EXPECT_GT(memory_limit(), 1U << 20);
  EXPECT_FALSE(host_info().kernel.empty());
  const base::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_FALSE(is_terminal(null.get()));
  EXPECT_FALSE(terminal_size(null.get()));
}

TEST(System, CoresAreNoMoreThanAffinityAllows) {
  unsigned cores = 0;
  std::thread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    cpu_set_t all;
    ::sched_getaffinity(0, sizeof all, &all);
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(i, &all)) {
        CPU_SET(i, &one);
        break;
      }
    }
    ::sched_setaffinity(0, sizeof one, &one);
    cores = usable_cores();
  }).join();
  EXPECT_EQ(cores, 1U);
}

}  // namespace

}  // namespace fleet::os
