#include "git/scan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>

#include "git/scan_parts.h"
#include "git/workspace_fixture.h"

namespace fleet::git {
namespace {

// Every folder belongs to one part with what is below it, or to the trunk.
TEST(ScanParts, AreOfAboutTheSameSizeAndNotWithinEachOther) {
  FileTable table;
  const auto fill = [&](const std::string& folder, int files) {
    for (int i = 0; i < files; ++i)
      table.put(fmt::format("{}/{}", folder, i), {});
  };
  for (int i = 0; i < 40; ++i)
    fill(fmt::format("small/{}", i), 30);
  fill("large/flat", 2000);
  fill("large/below/a", 150);
  fill("large/below/b", 60);
  fill("alone", 5);
  const ScanParts parts(table.root(), 100);
  std::vector<std::size_t> files(parts.size());
  const auto walk = [&](auto&& self, const FolderRecord& folder, std::optional<std::size_t> within) -> void {
    const auto own = parts.of(folder);
    EXPECT_FALSE(own && within) << folder.name;
    if (own) within = own;
    if (within) files.at(*within) += folder.files.size();
    for (const auto& below : folder.folders)
      self(self, *below, within);
  };
  walk(walk, table.root(), std::nullopt);
  EXPECT_EQ(files, (std::vector<std::size_t>{150, 120, 120, 120, 120, 120, 120, 120, 120, 120, 120}));
  EXPECT_EQ(ScanParts(table.root(), 3000).size(), 0u);
}

class ScanTest : public WorkspaceTest {
 protected:
  static constexpr int kFolders = 8, kBelow = 10, kFiles = 70;

  // Enough to be cut into parts.
  ObjectId large_commit() {
    const TreeEntry file{must(store_.write_blob("1\n")), FileMode::regular};
    std::vector<Change> changes{
        {".gitignore", {}, {must(store_.write_blob("*.o\n/d3/s3/\nbuild/\n")), FileMode::regular}},
        {"d1/.gitignore", {}, {must(store_.write_blob("!keep.o\nlocal/\n")), FileMode::regular}}};
    for (int i = 0; i < kFolders * kBelow * kFiles; ++i)
      changes.push_back({path_of(i), {}, file});
    return must(store_.write_commit({must(update(store_, {}, changes)), {head()}, "large\n", {}}));
  }
  static std::string path_of(int file) {
    return fmt::format("d{}/s{}/f{}", file / kBelow / kFiles, file / kFiles % kBelow, file % kFiles);
  }

  // The same for each workspace that is given the same dice.
  static void change_at_random(const fs::path& work, Dice dice) {
    for (int i = 0; i < 60; ++i) {
      const fs::path file = work / path_of(static_cast<int>(dice.below(kFolders * kBelow * kFiles)));
      switch (dice.below(5)) {
        case 0:
          write_file(file, fmt::format("changed {}\n", i));
          break;
        case 1:
          fs::remove(file);
          break;
        case 2:
          fs::permissions(file, fs::perms::owner_exec, fs::perm_options::add);
          break;
        case 3:
          write_file(file.parent_path() / fmt::format("new{}", i), "new\n");
          write_file(file.parent_path() / "local/x", "ignored below d1\n");
          break;
        default:
          write_file(file.parent_path() / "some.o", "ignored\n");
          write_file(file.parent_path() / "keep.o", "ignored but below d1\n");
          write_file(file.parent_path() / "build/x", "ignored\n");
      }
    }
    fs::remove_all(work / "d5");
    fs::remove_all(work / "d6/s1");
    write_file(work / "d6/s1", "a file now\n");
    fs::remove_all(work / "d7/s4");
    fs::create_directory_symlink("s5", work / "d7/s4");
  }

 private:
  using Change = model::Change;
  using TreeEntry = model::TreeEntry;
  using FileMode = model::FileMode;
};

TEST_F(ScanTest, SeveralThreadsSeeWhatOneSeesAndWhatGitSees) {
  const ObjectId commit = large_commit();
  std::vector<WorkspaceSnapshot> seen;
  for (const unsigned threads : {1U, 2U, 5U}) {
    PoolOptions options;
    options.threads = threads;
    WorkspacePool pool =
        must(WorkspacePool::open(repository_, temp_ / fmt::format("pool{}", threads), options));
    Workspace workspace = must(pool.acquire(commit));
    EXPECT_TRUE(must(workspace.snapshot()).changes.empty());
    change_at_random(workspace.folder(), Dice(7));
    const ObjectId by_git =
        id_of(git(workspace.folder(), "add -A && git -C " + workspace.folder().string() + " write-tree"));
    EXPECT_EQ(must(workspace.snapshot()).tree, by_git) << threads;
    ASSERT_EQ(::mkfifo((workspace.folder() / "d2/s2/fifo").c_str(), 0600), 0);
    git(workspace.folder() / "d0", "init -q s0/nested");
    seen.push_back(must(workspace.snapshot()));
    must(workspace.move_to(commit));
    EXPECT_EQ(on_disk(workspace.folder()), as_stored(commit)) << threads;
  }
  for (WorkspaceSnapshot& each : seen) {
    std::sort(each.notes.begin(), each.notes.end());
    EXPECT_EQ(each.tree, seen[0].tree);
    EXPECT_EQ(each.changes, seen[0].changes);
    EXPECT_EQ(each.notes, seen[0].notes);
    EXPECT_EQ(each.notes.size(), 2u);
  }
}

TEST_F(ScanTest, TheBoundOnNewFilesHoldsForAllThreadsTogether) {
  PoolOptions options;
  options.max_files = 100;
  WorkspacePool pool = must(WorkspacePool::open(repository_, temp_ / "bounded", options));
  Workspace workspace = must(pool.acquire(large_commit()));
  for (int folder = 0; folder < kFolders; ++folder) {
    for (int file = 0; file < 13; ++file)
      write_file(workspace.folder() / fmt::format("d{}/s{}/new{}", folder, file % kBelow, file), "");
  }
  const auto snapshot = workspace.snapshot();
  ASSERT_FALSE(snapshot);
  EXPECT_THAT(snapshot.error().message(), ::testing::HasSubstr("there are more than 100 new ones"));
}

}  // namespace
}  // namespace fleet::git
