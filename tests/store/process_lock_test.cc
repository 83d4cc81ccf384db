#include "store/process_lock.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "store/support.h"

namespace fleet::store {
namespace {

using testing::HasSubstr;

class ProcessLockTest : public testing::Test {
 protected:
  // A process that took the lock and waits; nothing when it could not.
  pid_t hold_elsewhere() {
    int pipe[2];
    EXPECT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto lock = ProcessLock::take(file_, "drive the run r1");
      if (!lock || ::write(pipe[1], "!", 1) != 1) ::_exit(1);
      while (true)
        ::pause();
    }
    ::close(pipe[1]);
    char byte = 0;
    EXPECT_EQ(::read(pipe[0], &byte, 1), 1);
    ::close(pipe[0]);
    return child;
  }
  void kill(pid_t child) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "lock";
};

TEST_F(ProcessLockTest, IsHeldUntilItGoesOutOfScope) {
  EXPECT_FALSE(lock_holder(file_));
  {
    const auto lock = ProcessLock::take(file_, "drive the run r1");
    ASSERT_GOOD(lock);
    EXPECT_EQ(lock_holder(file_)->pid, ::getpid());
    EXPECT_FALSE(ProcessLock::take(file_, "drive the run r1"));
    ASSERT_TRUE(lock_holder(file_));
  }
  EXPECT_FALSE(lock_holder(file_));
  EXPECT_GOOD(ProcessLock::take(file_, "drive the run r1"));
}

TEST_F(ProcessLockTest, SaysWhoHoldsIt) {
  const pid_t child = hold_elsewhere();
  const auto lock = ProcessLock::take(file_, "drive the run r1");
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.error().message(), HasSubstr("process " + std::to_string(child) + " on "));
  EXPECT_THAT(lock.error().message(), HasSubstr("holds its lock"));
  EXPECT_EQ(lock_holder(file_)->pid, child);
  EXPECT_FALSE(lock_holder(file_)->host.empty());
  kill(child);
}

TEST_F(ProcessLockTest, ACrashFreesIt) {
  kill(hold_elsewhere());
  EXPECT_FALSE(lock_holder(file_));
  EXPECT_GOOD(ProcessLock::take(file_, "drive the run r1"));
}

TEST_F(ProcessLockTest, ProgramsThatAreStartedDoNotHoldIt) {
  pid_t sleeper = 0;
  {
    const auto lock = ProcessLock::take(file_, "drive the run r1");
    ASSERT_GOOD(lock);
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    sleeper = ::fork();
    if (sleeper == 0) {
      ::execlp("sleep", "sleep", "60", nullptr);
      ::_exit(1);
    }
    ::close(pipe[1]);
    char byte = 0;
    EXPECT_EQ(::read(pipe[0], &byte, 1), 0);  // it is another program now
    ::close(pipe[0]);
  }
  EXPECT_GOOD(ProcessLock::take(file_, "drive the run r1"));
  kill(sleeper);
}

TEST_F(ProcessLockTest, IsHeldByOneAlsoWhereHoldersRemoveTheFile) {
  constexpr int kThreads = 4, kTimes = 2000;
  std::atomic<int> holders = 0, met = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kTimes; ++n) {
        const auto lock = ProcessLock::take(file_, "drive the run r1");
        if (!lock) continue;
        met += holders.fetch_add(1);
        std::this_thread::yield();
        --holders;
        ::unlink(file_.c_str());
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(met, 0);
}

TEST_F(ProcessLockTest, NeverWritesThroughALink) {
  write_file(folder_.path() / "precious", "precious");
  std::filesystem::create_symlink("precious", file_);
  EXPECT_FALSE(ProcessLock::take(file_, "drive the run r1"));
  EXPECT_EQ(read_file(folder_.path() / "precious"), "precious");
}

TEST_F(ProcessLockTest, NonsenseInTheFileIsNobodyThatIsKnown) {
  for (const char* text : {"", "x", "12", "12\n", "999999999999 host\n", "\xff\xff"}) {
    write_file(file_, text);
    const auto lock = ProcessLock::take(file_, "drive the run r1");
    ASSERT_GOOD(lock);
    write_file(file_, text);
    ASSERT_TRUE(lock_holder(file_));
    EXPECT_EQ(lock_holder(file_)->pid, 0) << text;
    EXPECT_THAT(ProcessLock::take(file_, "drive the run r1").error().why, HasSubstr("another process"));
  }
}

}  // namespace
}  // namespace fleet::store
