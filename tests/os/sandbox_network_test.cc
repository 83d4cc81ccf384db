#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "os/sandboxed.h"
#include "os/system_call_filter.h"

namespace fleet::os {
namespace {

struct SandboxNetwork : Sandboxed {};

TEST_F(SandboxNetwork, OffMeansNoSocketOfAnyKind) {
  SKIP_WITHOUT_SECCOMP();
  rules.network = Network::off;
  EXPECT_EQ(tries({"tcp", "1"}), "EACCES");
  for (const char* what : {"udp", "udp6", "raw", "vsock", "netlink", "mptcp"}) {
    EXPECT_EQ(tries({what}), "EACCES") << what;
  }
  EXPECT_EQ(tries({"unix", "/run/docker.sock"}), "EACCES");
  EXPECT_EQ(tries({"io-uring"}), "ENOSYS");
  EXPECT_EQ(tries({"i386-socket"}), "ENOSYS");
  EXPECT_EQ(tries({"socketpair"}), "ok");
  EXPECT_EQ(tries({"socketpair-seqpacket"}), "ok");
  // They could send to a socket that has a path.
  EXPECT_EQ(tries({"socketpair-datagram"}), "EACCES");
  EXPECT_EQ(tries({"socketpair-raw"}), "EACCES");
}

TEST_F(SandboxNetwork, OnLeavesItOpen) {
  EXPECT_EQ(tries({"tcp", "1"}), "ECONNREFUSED");
  EXPECT_EQ(tries({"udp"}), "ok");
  EXPECT_EQ(tries({"socketpair"}), "ok");
}

TEST_F(SandboxNetwork, OffHoldsForDescendantsThatTryToShakeItOff) {
  SKIP_WITHOUT_SECCOMP();
  rules.network = Network::off;
  const auto finished =
      run(program({"sh", "-c", "setsid " OS_ACTOR " try udp; (exec " OS_ACTOR " try udp)"}));
  EXPECT_EQ(finished.out, "EACCES\nEACCES\n");
}

// What stands in for a Landlock that is older than ABI 6 and 3: the filter binds the thread that sets it.
TEST(SystemCallFilter, GuardsFleetWhereLandlockIsTooOld) {
  SKIP_WITHOUT_SECCOMP();
  const auto folder = TemporaryDirectory::create().value();
  const std::string file = folder / "file";
  ASSERT_TRUE(write_file_atomically(file, "text"));
  const auto instructions = system_call_filter(Network::on, 2, ::getpid(), ::getpgrp());
  const auto errno_of = [](long result) { return result < 0 ? errno : 0; };
  std::thread([&] {
    ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    const sock_fprog filter{
        static_cast<unsigned short>(instructions.size()),
        reinterpret_cast<sock_filter*>(const_cast<FilterInstruction*>(instructions.data()))};
    ASSERT_EQ(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), 0);
    EXPECT_EQ(errno_of(::kill(::getpid(), 0)), EPERM);
    EXPECT_EQ(errno_of(::kill(-::getpgrp(), 0)), EPERM);
    EXPECT_EQ(errno_of(::kill(-1, 0)), EPERM);
    EXPECT_EQ(errno_of(::syscall(SYS_tgkill, ::getpid(), ::getpid(), 0)), EPERM);
    EXPECT_EQ(errno_of(::syscall(SYS_pidfd_open, ::getpid(), 0)), EPERM);
    EXPECT_EQ(errno_of(::kill(0, 0)), 0);
    EXPECT_EQ(errno_of(::truncate(file.c_str(), 0)), EACCES);
    EXPECT_EQ(errno_of(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), 0);
  }).join();
  EXPECT_EQ(read_file(file, 10).value(), "text");
}

}  // namespace
}  // namespace fleet::os
