#include "attempt/temporary_folders.h"

#include <gtest/gtest.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "git/support.h"
#include "os/files.h"

namespace fleet::attempt {
namespace {

namespace fs = std::filesystem;

struct TemporaryFoldersTest : testing::Test {
  git::TempFolder place;
  TemporaryFolders folders{place.path()};

  TemporaryFolder take() { return git::must(folders.take()); }
  void give_back(const TemporaryFolder& folder, Writers writers = Writers::none) {
    git::must(folders.give_back(folder, writers));
  }
};

TEST_F(TemporaryFoldersTest, AreMadeWithAllThatAnAttemptNeeds) {
  const TemporaryFolder folder = take();
  for (const std::string& path : {folder.path, folder.home(), folder.tmp()}) {
    EXPECT_TRUE(fs::is_directory(path));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }
  EXPECT_TRUE(fs::is_empty(folder.output()));
  EXPECT_FALSE(folder.has_output());
  EXPECT_NE(take().path, folder.path);
}

TEST_F(TemporaryFoldersTest, GoToTheNextAttemptWithNothingOfTheLast) {
  const TemporaryFolder folder = take();
  git::write_file(folder.output(), "version=1\n");
  EXPECT_TRUE(folder.has_output());
  give_back(folder);
  const TemporaryFolder next = take();
  EXPECT_EQ(next.path, folder.path);
  EXPECT_FALSE(next.has_output());
}

TEST_F(TemporaryFoldersTest, AreRemovedWhereSomebodyMayStillWrite) {
  const TemporaryFolder folder = take();
  give_back(folder, Writers::maybe);
  EXPECT_FALSE(fs::exists(folder.path));
  EXPECT_NE(take().path, folder.path);
}

// What a task can do to its folder, and must not hand on.
struct Trace {
  const char* name;
  std::function<void(const TemporaryFolder&)> leave;
};
class LeavesATrace : public TemporaryFoldersTest, public testing::WithParamInterface<Trace> {};

TEST_P(LeavesATrace, AndTheFolderIsRemoved) {
  const TemporaryFolder folder = take();
  GetParam().leave(folder);
  give_back(folder);
  EXPECT_FALSE(fs::exists(folder.path));
}

void replace_output(const TemporaryFolder& folder, const std::function<void()>& by) {
  fs::remove(folder.output());
  by();
}

const Trace kTraces[] = {
    {"FileInHome", [](const auto& folder) { git::write_file(folder.home() + "/.gitconfig", "x"); }},
    {"FileInTmp", [](const auto& folder) { git::write_file(folder.tmp() + "/x", "x"); }},
    {"FileBeside", [](const auto& folder) { git::write_file(folder.path + "/x", "x"); }},
    {"ManyFiles",
     [](const auto& folder) {
       for (int i = 0; i < 200; ++i)
         git::write_file(folder.home() + "/" + std::string(100, 'n') + std::to_string(i), "x");
     }},
    {"Mode", [](const auto& folder) { fs::permissions(folder.tmp(), fs::perms::owner_read); }},
    {"ModeOfAll", [](const auto& folder) { fs::permissions(folder.path, fs::perms::all); }},
    {"NoHome", [](const auto& folder) { fs::remove(folder.home()); }},
    {"NewHome",
     [](const auto& folder) {
       fs::rename(folder.home(), folder.path + "/old");
       fs::create_directory(folder.home());
       fs::remove(folder.path + "/old");
     }},
    {"LinkForHome",
     [](const auto& folder) {
       fs::remove(folder.home());
       fs::create_symlink("/", folder.home());
     }},
    {"LinkForOutput",
     [](const auto& folder) {
       replace_output(folder, [&] { fs::create_symlink("/etc/passwd", folder.output()); });
     }},
    {"FifoForOutput",
     [](const auto& folder) {
       replace_output(folder, [&] { ASSERT_EQ(::mkfifo(folder.output().c_str(), 0600), 0); });
     }},
    {"SecondNameOfOutput",
     [](const auto& folder) { fs::create_hard_link(folder.output(), folder.path + "/../second"); }},
};
INSTANTIATE_TEST_SUITE_P(Any, LeavesATrace, testing::ValuesIn(kTraces),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(TemporaryFoldersTest, WithAnAttributeOfTheirOwnAreRemoved) {
  const TemporaryFolder folder = take();
  const bool is_set = ::setxattr(folder.home().c_str(), "user.told", "x", 1, 0) == 0;
  if (!is_set && errno == ENOTSUP) GTEST_SKIP() << "NOT TESTED: this file system has no extended attributes";
  ASSERT_TRUE(is_set) << errno;
  give_back(folder);
  EXPECT_FALSE(fs::exists(folder.path));
}

TEST_F(TemporaryFoldersTest, OfAnotherAreNotFollowed) {
  const TemporaryFolder folder = take();
  const fs::path precious = place / "precious";
  fs::create_directory(precious);
  git::write_file(precious / "file", "x");
  fs::remove(folder.home());
  fs::create_symlink(precious, folder.home());
  give_back(folder);
  EXPECT_TRUE(fs::exists(precious / "file"));
}

}  // namespace
}  // namespace fleet::attempt
