#include <gmock/gmock.h>
#include <sqlite3.h>

#include <atomic>
#include <future>
#include <string_view>

#include "store/support.h"
#include "store/writer.h"

namespace fleet::store {
namespace {

std::atomic<int> log_syncs = 0;

// SQLite's own file system, in which the syncs of the write-ahead log are counted.
class CountingFileSystem {
 public:
  CountingFileSystem() {
    original_ = sqlite3_vfs_find(nullptr);
    ours_ = *original_;
    ours_.zName = "counting";
    ours_.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
      const int code = original_->xOpen(original_, name, file, flags, out);
      if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
        of_file_ = file->pMethods;
        methods_ = *file->pMethods;
        methods_.xSync = [](sqlite3_file* log, int how) {
          ++log_syncs;
          return of_file_->xSync(log, how);
        };
        file->pMethods = &methods_;
      }
      return code;
    };
    sqlite3_vfs_register(&ours_, 1);
  }
  CountingFileSystem(const CountingFileSystem&) = delete;
  CountingFileSystem& operator=(const CountingFileSystem&) = delete;
  ~CountingFileSystem() {
    sqlite3_vfs_unregister(&ours_);
    sqlite3_vfs_register(original_, 1);
  }

 private:
  static inline sqlite3_vfs* original_ = nullptr;
  static inline sqlite3_vfs ours_{};
  static inline const sqlite3_io_methods* of_file_ = nullptr;
  static inline sqlite3_io_methods methods_{};
};

// The syncs of the log up to the moment at which the batch is answered.
int syncs_of(Writer& writer, std::uint64_t sequence, Durability durability) {
  const int before = log_syncs;
  Batch batch = journal_batch("r1", sequence);
  batch.durability = durability;
  std::promise<int> answered;
  writer.submit(std::move(batch), [&](const Result<>&) { answered.set_value(log_syncs - before); });
  return answered.get_future().get();
}

TEST(Durability, FullWaitsForTheDiskBeforeItIsAnsweredAndNormalDoesNot) {
  const CountingFileSystem counting;
  const TemporaryFolder folder;
  auto writer = Writer::open(folder.path() / "state.db");
  ASSERT_GOOD(writer);
  (*writer)->submit(new_run("r1"));
  ASSERT_GOOD((*writer)->flush());
  EXPECT_EQ(syncs_of(**writer, 1, Durability::normal), 0);
  EXPECT_EQ(syncs_of(**writer, 2, Durability::full), 1);
  EXPECT_EQ(syncs_of(**writer, 3, Durability::full), 1);
  EXPECT_EQ(syncs_of(**writer, 4, Durability::normal), 0);
}

TEST(Durability, BatchesThatWaitShareOneSync) {
  const CountingFileSystem counting;
  const TemporaryFolder folder;
  auto writer = Writer::open(folder.path() / "state.db");
  ASSERT_GOOD(writer);
  // The writer is held up in its first answer until the others wait.
  std::promise<void> all_wait;
  (*writer)->submit(new_run("r1"), [&](const Result<>&) { all_wait.get_future().wait(); });
  const int before = log_syncs;
  for (std::uint64_t sequence = 1; sequence <= 100; ++sequence) {
    Batch batch = journal_batch("r1", sequence);
    if (sequence == 50) batch.durability = Durability::full;
    (*writer)->submit(std::move(batch));
  }
  all_wait.set_value();
  ASSERT_GOOD((*writer)->flush());
  EXPECT_EQ(log_syncs - before, 1);
}

}  // namespace
}  // namespace fleet::store
