#include "os/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "os/files.h"
#include "os/run_program.h"
#include "os/running.h"

namespace fleet::os {
namespace {

using testing::ElementsAre;

// What it does to the process stays in a child. 0 is good.
template <class Work>
int in_child(Work work, int flags = 0) {
  std::fflush(nullptr);
  const auto child =
      static_cast<pid_t>(::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (child < 0) return -1;
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int receives_signals() {
  prepare_process();
  hold_signals();
  const auto loop = std::move(EventLoop::create().value());
  std::vector<int> got;
  const auto watch = SignalWatch::create(*loop, [&](int number) {
    got.push_back(number);
    if (got.size() == 3) loop->stop();
  });
  ::kill(::getpid(), SIGTERM);
  ::kill(::getpid(), SIGINT);
  ::kill(::getpid(), SIGHUP);
  loop->run();
  std::sort(got.begin(), got.end());
  return watch && got == std::vector<int>{SIGHUP, SIGINT, SIGTERM} ? 0 : 1;
}

TEST(Signals, ReachTheLoopInsteadOfEndingTheProcess) {
  EXPECT_EQ(in_child(receives_signals), 0);
}

TEST(Signals, HangUpStaysIgnoredUnderNohup) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGHUP, SIG_IGN);
              prepare_process();
              hold_signals();
              ::kill(::getpid(), SIGHUP);
              sigset_t pending;
              ::sigpending(&pending);
              return sigismember(&pending, SIGHUP);
            }),
            0);
}

TEST(Signals, AClosedPipeIsAnErrorAndNoEnd) {
  EXPECT_EQ(in_child([] {
              prepare_process();
              hold_signals();
              int ends[2];
              if (::pipe(ends) != 0) return 1;
              ::close(ends[0]);
              return ::write(ends[1], "x", 1) < 0 && errno == EPIPE ? 0 : 2;
            }),
            0);
}

TEST(Signals, TheStandardDescriptorsAreNeverGivenToAnythingElse) {
  EXPECT_EQ(in_child([] {
              ::close(0);
              ::close(1);
              prepare_process();
              hold_signals();
              const int next = ::dup(2);
              return next > 2 ? 0 : 1;
            }),
            0);
}

TEST(Signals, HaveNames) {
  EXPECT_EQ(signal_name(SIGKILL), "SIGKILL");
  EXPECT_EQ(signal_name(99), "signal 99");
}

// In a container fleet may be PID 1: signals with no handler are lost there, and orphans of all come to it.
int works_as_first_process() {
  if (::getpid() != 1) return 10;
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
  if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) return 77;
  if (receives_signals() != 0) return 11;
  const auto folder = std::move(TemporaryDirectory::create().value());
  ProcessSpec spec = actor({"leave-daemon", folder / "pid"});
  spec.token = "first-process";
  const auto finished = run_program(spec);
  if (!finished || finished->end.stragglers != 1 || finished->end.exit_status != 0) return 12;
  // Nothing is left, not even a zombie.
  const auto processes = list_directory("/proc");
  int numbers = 0;
  for (const std::string& name : *processes)
    numbers += std::isdigit(static_cast<unsigned char>(name[0])) != 0 ? 1 : 0;
  return numbers == 1 ? 0 : 13;
}

TEST(FirstProcess, IsSignalledRunsProgramsAndReapsOrphans) {
  const int answer = in_child(works_as_first_process, CLONE_NEWPID | CLONE_NEWNS);
  if (answer == -1 || answer == 77)
    GTEST_SKIP()
        << "NOT TESTED: fleet as the first process; namespaces and mounts take root, and are refused here";
  EXPECT_EQ(answer, 0);
}

}  // namespace
}  // namespace fleet::os
