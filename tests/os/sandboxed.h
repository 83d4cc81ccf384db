#pragma once

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "os/files.h"
#include "os/run_program.h"
#include "os/running.h"
#include "os/sandbox.h"

// What is not tried must be seen to be not tried. Where it cannot be found out what can be, the test fails;
// and where the kernel itself says that it can, whatever fleet found out: a skip must not hide that fleet is
// broken.
#define SKIP_WITHOUT_LANDLOCK(abi)                                                                           \
  if (const SandboxAbility ability = sandbox_ability().value(); ability.landlock_abi < (abi)) {              \
    ASSERT_LT(kernel::landlock_abi(), (abi)) << "the kernel has it, fleet not: " << ability.why_no_landlock; \
    GTEST_SKIP() << "NOT TESTED: needs Landlock ABI " << (abi) << ", here is " << ability.landlock_abi       \
                 << " " << ability.why_no_landlock;                                                          \
  }
#define SKIP_WITHOUT_SECCOMP()                                                                     \
  if (!sandbox_ability().value().seccomp) {                                                        \
    ASSERT_FALSE(kernel::takes_seccomp_filters()) << "the kernel takes filters, fleet finds none"; \
    GTEST_SKIP() << "NOT TESTED: no seccomp filter can be set here";                               \
  }
#define SKIP_WITHOUT_ROOT()                                                                             \
  if (!sandbox_ability().value().can_change_user) {                                                     \
    ASSERT_FALSE(kernel::may_change_user()) << "CAP_SETUID and CAP_SETGID are there, fleet finds none"; \
    GTEST_SKIP() << "NOT TESTED: changing the user takes CAP_SETUID and CAP_SETGID";                    \
  }

// What the kernel says, asked without fleet.
namespace fleet::os::kernel {

inline int landlock_abi() {
  return static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0}, 1U));
}

// Without a filter to read it says EFAULT; EINVAL where there are none (prctl(2)).
inline bool takes_seccomp_filters() {
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr) != 0 && errno == EFAULT;
}

inline bool may_change_user() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "CapEff:") continue;
    status >> word;
    constexpr unsigned long long kWanted = (1ULL << CAP_SETUID) | (1ULL << CAP_SETGID);
    return (std::stoull(word, nullptr, 16) & kWanted) == kWanted;
  }
  return false;
}

}  // namespace fleet::os::kernel

namespace fleet::os {

// A workspace that programs may write, beside things that they may not touch.
struct Sandboxed : testing::Test {
  TemporaryDirectory folder = TemporaryDirectory::create().value();
  std::string workspace = folder / "workspace";
  std::string outside = folder / "outside";
  SandboxRules rules;

  Sandboxed() {
    EXPECT_TRUE(make_directories(workspace));
    EXPECT_TRUE(make_directories(outside));
    EXPECT_TRUE(write_file_atomically(workspace + "/file", "inside"));
    EXPECT_TRUE(write_file_atomically(outside + "/file", "secret"));
    const char* path = std::getenv("PATH");
    const char* home = std::getenv("HOME");
    rules.system = std::make_shared<const OpenPlaces>(
        system_read_paths(path == nullptr ? "" : path, home == nullptr ? "" : home, {}));
    rules.read = {OS_ACTOR};
    rules.write = {workspace};
  }

  FinishedProgram run(ProcessSpec spec) {
    auto sandbox = prepare_sandbox(rules, model::SandboxMode::automatic);
    EXPECT_TRUE(sandbox) << sandbox.error().message();
    if (!sandbox) return {};
    spec.sandbox = *sandbox;
    spec.working_directory = workspace;
    auto finished = run_program(std::move(spec));
    EXPECT_TRUE(finished) << (finished ? "" : finished.error().message());
    return finished ? *finished : FinishedProgram{};
  }

  // `ok`, or the errno that an intruder met.
  std::string tries(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "try");
    std::string answer = run(actor(std::move(arguments))).out;
    return answer.substr(0, answer.find('\n'));
  }
  // The same without a sandbox: what is refused there must be possible here, or it proves nothing.
  static std::string would(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "try");
    const auto finished = run_program(actor(std::move(arguments)));
    return finished ? finished->out.substr(0, finished->out.find('\n')) : finished.error().message();
  }
};

}  // namespace fleet::os
