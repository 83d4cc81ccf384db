#include "os/process_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "os/process.h"
#include "os/sandboxed.h"

namespace fleet::os {
namespace {

struct ProcessTree : Sandboxed {
  std::unique_ptr<EventLoop> loop = std::move(EventLoop::create().value());
  std::unique_ptr<Processes> processes = std::move(Processes::create(*loop).value());

  pid_t start(ProcessSpec spec) {
    pid_t pid = 0;
    ProcessEvents events;
    events.started = [&](const model::ProcessIdentity& identity) {
      pid = identity.pid;
      loop->stop();
    };
    processes->start(std::move(spec), std::move(events));
    loop->run();
    return pid;
  }
};

TEST_F(ProcessTree, ReadsAProcessWithAHostileName) {
  const std::string tool = workspace + "/) R 1 1 (";
  ASSERT_TRUE(write_file_atomically(tool, "#!/bin/sh\nsleep 60\n", 0755));
  const pid_t pid = start(program({tool}));
  const auto stat = process_stat(pid);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, pid);
  EXPECT_EQ(stat->parent, ::getpid());
  EXPECT_EQ(stat->session, pid);
  EXPECT_FALSE(process_stat(0x7fffffff));
}

TEST_F(ProcessTree, FindsAllDescendants) {
  const pid_t pid = start(program({"sh", "-c", "(sleep 60 & wait) & sh -c 'sleep 60; true'; wait"}));
  EXPECT_TRUE(becomes_true([&] { return descendants_of(pid).size() == 4; })) << descendants_of(pid).size();
}

TEST_F(ProcessTree, ASignalGoesOnlyToTheProcessThatWasMeant) {
  auto stat = process_stat(start(program({"sleep", "60"}))).value();
  ++stat.start_time;
  EXPECT_EQ(signal_process(stat, SIGKILL), ESRCH);
  EXPECT_TRUE(is_alive(stat.pid));
  --stat.start_time;
  EXPECT_EQ(signal_process(stat, SIGKILL), 0);
}

TEST_F(ProcessTree, TheTokenMustBeAWholeEntry) {
  ProcessSpec spec = program({"sleep", "60"});
  spec.token = "abc";
  const pid_t pid = start(spec);
  // In the middle of its exec a process has no environment for a moment.
  EXPECT_TRUE(becomes_true([&] { return carries(pid, "FLEET_PROCESS_TOKEN=abc"); }));
  EXPECT_FALSE(carries(pid, "FLEET_PROCESS_TOKEN=ab"));
  EXPECT_FALSE(carries(pid, "PROCESS_TOKEN=abc"));
}

TEST_F(ProcessTree, RootOfAContainerSeesTheTokenOfAnotherUsersProcess) {
  SKIP_WITHOUT_ROOT();
  rules.user = UserId{65534, 65534};
  ProcessSpec spec = program({"sleep", "60"});
  spec.token = "abc";
  spec.sandbox = prepare_sandbox(rules, model::SandboxMode::automatic).value();
  const pid_t pid = start(spec);
  ASSERT_TRUE(becomes_true([&] { return carries(pid, "FLEET_PROCESS_TOKEN=abc"); }));
  bool carries_it = false;
  bool plainly_readable = true;
  std::thread(
      [&] {  // capabilities belong to a thread: this one has only those of stock Docker that matter here
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        __user_cap_data_struct data[2]{};
        data[0].effective = data[0].permitted =
            (1U << CAP_SETUID) | (1U << CAP_SETGID) | (1U << CAP_DAC_OVERRIDE);
        ASSERT_EQ(::syscall(SYS_capset, &header, data), 0);
        plainly_readable = static_cast<bool>(read_file("/proc/" + std::to_string(pid) + "/environ", 1 << 20));
        carries_it = carries(pid, "FLEET_PROCESS_TOKEN=abc");
      })
      .join();
  EXPECT_FALSE(plainly_readable);
  EXPECT_TRUE(carries_it);
}

}  // namespace
}  // namespace fleet::os
