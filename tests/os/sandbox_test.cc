#include "os/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "os/sandboxed.h"

namespace fleet::os {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct SandboxFiles : Sandboxed {};
struct SandboxProcesses : Sandboxed {};
struct SandboxUser : Sandboxed {};

TEST_F(SandboxFiles, ReadingElsewhereIsRefused) {
  SKIP_WITHOUT_LANDLOCK(1);
  for (const char* what : {"read", "list"}) {
    EXPECT_EQ(tries({what, outside}), "EACCES") << what;
    EXPECT_EQ(tries({what, workspace}), what == std::string("read") ? "EISDIR" : "ok") << what;
  }
  EXPECT_EQ(would({"read", outside + "/file"}), "ok");
  EXPECT_EQ(tries({"read", outside + "/file"}), "EACCES");
  EXPECT_EQ(tries({"read", workspace + "/file"}), "ok");
  EXPECT_EQ(tries({"read", workspace + "/../outside/file"}), "EACCES");
  EXPECT_EQ(tries({"read", "/proc/self/root" + outside + "/file"}), "EACCES");
  EXPECT_EQ(tries({"list", folder.path()}), "EACCES");
  EXPECT_EQ(tries({"list", "/"}), "EACCES");
}

TEST_F(SandboxFiles, ASymlinkLeadsNowhereElse) {
  SKIP_WITHOUT_LANDLOCK(1);
  ASSERT_EQ(::symlink((outside + "/file").c_str(), (workspace + "/link").c_str()), 0);
  ASSERT_EQ(::symlink(outside.c_str(), (workspace + "/folder").c_str()), 0);
  EXPECT_EQ(would({"read", workspace + "/link"}), "ok");
  EXPECT_EQ(tries({"read", workspace + "/link"}), "EACCES");
  EXPECT_EQ(tries({"write", workspace + "/link"}), "EACCES");
  EXPECT_EQ(tries({"create", workspace + "/folder/new"}), "EACCES");
  EXPECT_EQ(tries({"remove", workspace + "/folder/file"}), "EACCES");
}

TEST_F(SandboxFiles, ChangingAnythingElsewhereIsRefused) {
  SKIP_WITHOUT_LANDLOCK(1);
  for (const char* what : {"write", "overwrite", "truncate", "remove"}) {
    EXPECT_EQ(tries({what, outside + "/file"}), "EACCES") << what;
    EXPECT_EQ(read_file(outside + "/file", 100).value(), "secret") << what;
  }
  for (const char* what : {"create", "mkdir"}) {
    EXPECT_EQ(tries({what, outside + "/new"}), "EACCES") << what;
    EXPECT_FALSE(exists(outside + "/new")) << what;
  }
  EXPECT_EQ(tries({"symlink", "/etc", outside + "/new"}), "EACCES");
  EXPECT_EQ(would({"truncate", outside + "/file"}), "ok");
}

TEST_F(SandboxFiles, NothingIsMovedOrLinkedAcrossTheBorder) {
  SKIP_WITHOUT_LANDLOCK(1);
  const auto refused = AnyOf("EACCES", "EXDEV");
  for (const char* what : {"rename", "link"}) {
    EXPECT_THAT(tries({what, workspace + "/file", outside + "/taken"}), refused) << what;
    EXPECT_THAT(tries({what, outside + "/file", workspace + "/brought"}), refused) << what;
  }
  EXPECT_THAT(tries({"exchange", workspace + "/file", outside + "/file"}), refused);
  EXPECT_EQ(read_file(workspace + "/file", 100).value(), "inside");
  EXPECT_EQ(list_directory(outside).value(), std::vector<std::string>{"file"});
  EXPECT_EQ(would({"exchange", workspace + "/file", outside + "/file"}), "ok");
}

TEST_F(SandboxFiles, TheWorkspaceIsFree) {
  SKIP_WITHOUT_LANDLOCK(2);
  EXPECT_EQ(tries({"mkdir", workspace + "/deep"}), "ok");
  EXPECT_EQ(tries({"rename", workspace + "/file", workspace + "/deep/file"}), "ok");
  EXPECT_EQ(tries({"link", workspace + "/deep/file", workspace + "/twice"}), "ok");
  EXPECT_EQ(tries({"symlink", "twice", workspace + "/link"}), "ok");
  EXPECT_EQ(tries({"chmod", workspace + "/twice"}), "ok");
  EXPECT_EQ(tries({"overwrite", workspace + "/twice"}), "ok");
  EXPECT_EQ(tries({"truncate", workspace + "/twice"}), "ok");
  EXPECT_EQ(tries({"remove", workspace + "/twice"}), "ok");
  EXPECT_EQ(tries({"write", "/dev/null"}), "ok");
}

TEST_F(SandboxFiles, WhatMayBeReadMayNotBeWritten) {
  SKIP_WITHOUT_LANDLOCK(1);
  rules.read.push_back(outside);
  EXPECT_EQ(tries({"read", outside + "/file"}), "ok");
  EXPECT_EQ(tries({"write", outside + "/file"}), "EACCES");
  EXPECT_EQ(tries({"create", outside + "/new"}), "EACCES");
  for (const char* file : {"/etc/passwd", "/usr/bin/env"})
    EXPECT_EQ(tries({"write", file}), "EACCES") << file;
}

TEST_F(SandboxFiles, ASingleFileCanBeNamed) {
  SKIP_WITHOUT_LANDLOCK(1);
  rules.write.push_back(outside + "/file");
  EXPECT_EQ(tries({"write", outside + "/file"}), "ok");
  EXPECT_EQ(tries({"create", outside + "/new"}), "EACCES");
}

TEST_F(SandboxFiles, AProgramElsewhereIsNotRun) {
  SKIP_WITHOUT_LANDLOCK(1);
  ASSERT_TRUE(write_file_atomically(outside + "/tool", "#!/bin/sh\necho ran\n", 0755));
  EXPECT_EQ(would({"execute", outside + "/tool"}), "ran");
  EXPECT_EQ(tries({"execute", outside + "/tool"}), "EACCES");
}

TEST_F(SandboxFiles, DevicesAndMountsAreNotMade) {
  SKIP_WITHOUT_LANDLOCK(1);
  EXPECT_THAT(tries({"device", workspace + "/device"}), AnyOf("EACCES", "EPERM"));
  EXPECT_EQ(tries({"mount", workspace}), "EPERM");
  EXPECT_EQ(tries({"chroot", workspace}), "EPERM");
}

TEST_F(SandboxFiles, DescendantsAreBoundToo) {
  SKIP_WITHOUT_LANDLOCK(1);
  const auto finished = run(program({"sh", "-c", "sh -c 'setsid cat " + outside + "/file' || echo refused"}));
  EXPECT_EQ(finished.out, "refused\n");
}

TEST_F(SandboxFiles, AReadPathThatDoesNotExistIsLeftOutAWritePathIsAnError) {
  rules.read.push_back(folder / "no-such");
  EXPECT_TRUE(prepare_sandbox(rules, model::SandboxMode::automatic));
  rules.write.push_back(folder / "no-such");
  const auto prepared = prepare_sandbox(rules, model::SandboxMode::automatic);
  ASSERT_FALSE(prepared);
  EXPECT_THAT(prepared.error().message(), HasSubstr("no-such: No such file"));
}

TEST_F(SandboxProcesses, MemoryAndEnvironmentOfOthersAreClosed) {
  SKIP_WITHOUT_LANDLOCK(1);
  const std::string self = std::to_string(::getpid());
  for (const std::string name : {"environ", "mem", "maps", "fd/0", "cwd/.", "root/etc/passwd"}) {
    EXPECT_THAT(tries({"read", "/proc/" + self + "/" + name}), AnyOf("EACCES", "EPERM")) << name;
  }
  EXPECT_EQ(tries({"ptrace", self}), "EPERM");
  EXPECT_EQ(tries({"read", "/proc/self/environ"}), "ok");
}

TEST_F(SandboxProcesses, FleetCannotBeSignalledOrLimited) {
  if (sandbox_ability().value().landlock_abi < 6) SKIP_WITHOUT_SECCOMP();
  SKIP_WITHOUT_LANDLOCK(1);
  const std::string self = std::to_string(::getpid());
  for (const char* what : {"kill", "tgkill", "sigqueue", "pidfd-kill"}) {
    EXPECT_EQ(tries({what, self, "0"}), "EPERM") << what;
    EXPECT_EQ(would({what, self, "0"}), "ok") << what;
  }
  // -1 would be all processes that may be signalled: itself, for one.
  if (::getpgrp() > 1) {
    EXPECT_EQ(tries({"kill", "-" + std::to_string(::getpgrp()), "0"}), "EPERM");
  }
}

TEST_F(SandboxProcesses, TheLimitsOfOthersCannotBeSet) {
  SKIP_WITHOUT_SECCOMP();
  EXPECT_EQ(tries({"prlimit", std::to_string(::getppid())}), "EPERM");
  EXPECT_EQ(tries({"prlimit", "0"}), "ok");
}

TEST_F(SandboxProcesses, AnotherTasksProgramCannotBeSignalled) {
  SKIP_WITHOUT_LANDLOCK(6);
  const auto loop = std::move(EventLoop::create().value());
  const auto processes = std::move(Processes::create(*loop).value());
  pid_t other = 0;
  ProcessEvents events;
  events.started = [&](const model::ProcessIdentity& identity) {
    other = identity.pid;
    loop->stop();
  };
  ProcessSpec spec = program({"sleep", "60"});
  spec.sandbox = prepare_sandbox(rules, model::SandboxMode::automatic).value();
  processes->start(spec, std::move(events));
  loop->run();
  EXPECT_EQ(tries({"kill", std::to_string(other), "9"}), "EPERM");
  EXPECT_TRUE(is_alive(other));
}

TEST_F(SandboxProcesses, ItsOwnChildrenCanBe) {
  const auto finished = run(program({"sh", "-c", "sleep 60 & kill $! && wait $!; echo $?"}));
  EXPECT_EQ(finished.out, "143\n");
}

TEST_F(SandboxProcesses, AnAbstractSocketOfOthersCannotBeReached) {
  SKIP_WITHOUT_LANDLOCK(6);
  const std::string name = "fleet-test-" + std::to_string(::getpid());
  const base::UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  EXPECT_EQ(would({"abstract", name}), "ok");
  EXPECT_EQ(tries({"abstract", name}), "EPERM");
}

TEST_F(SandboxUser, ProgramsRunAsTheOtherUserAndCannotComeBack) {
  SKIP_WITHOUT_ROOT();
  rules.user = UserId{65534, 65533};
  ASSERT_EQ(::chmod(folder.path().c_str(), 0711), 0);
  ASSERT_EQ(::chown(workspace.c_str(), rules.user->uid, rules.user->gid), 0);
  EXPECT_EQ(run(actor({"identity"})).out, "uid 65534 gid 65533 group 1 session 1 groups 0");
  EXPECT_EQ(tries({"become-root"}), "EPERM");
  EXPECT_EQ(tries({"chmod", outside + "/file"}), "EPERM");
  EXPECT_EQ(tries({"create", workspace + "/new"}), "ok");
  EXPECT_EQ(owner_of(workspace + "/new")->uid, 65534U);
  // The pipes are its own: a shell opens them again by these names.
  const auto finished = run(program({"sh", "-c", "echo out > /dev/stdout; echo err > /dev/stderr"}));
  EXPECT_EQ(finished.out, "out\n");
  EXPECT_EQ(finished.err, "err\n");
}

TEST_F(SandboxUser, AFolderThatTheUserMayNotEnterIsAnError) {
  SKIP_WITHOUT_ROOT();
  rules.user = UserId{65534, 65533};
  ProcessSpec spec = program({"true"});
  spec.sandbox = prepare_sandbox(rules, model::SandboxMode::automatic).value();
  spec.working_directory = workspace;  // in a folder of mode 0700
  const auto finished = run_program(spec);
  ASSERT_FALSE(finished);
  EXPECT_THAT(finished.error().message(), HasSubstr("Permission denied"));
}

TEST_F(SandboxUser, ADaemonOfAnotherUserIsFoundAndEnded) {
  SKIP_WITHOUT_ROOT();
  rules.user = UserId{65534, 65533};
  ASSERT_EQ(::chmod(folder.path().c_str(), 0711), 0);
  ASSERT_EQ(::chown(workspace.c_str(), rules.user->uid, rules.user->gid), 0);
  ProcessSpec spec = actor({"leave-daemon", workspace + "/pid"});
  spec.token = "other-user-" + folder.path();
  EXPECT_EQ(run(spec).end.stragglers, 1U);
  EXPECT_FALSE(is_alive(told_pid(workspace + "/pid")));
}

TEST(SandboxBounds, WhatCannotBeHeldIsSaid) {
  SandboxRules rules;
  rules.network = Network::off;
  rules.user = UserId{1000, 1000};
  SandboxAbility ability;
  ability.why_no_landlock = "no such thing here";
  const auto nothing = missing_bounds(rules, ability);
  EXPECT_THAT(nothing, Contains(HasSubstr("writing elsewhere is not stopped: no such thing here")));
  EXPECT_THAT(nothing, Contains(HasSubstr("the network is not off")));
  EXPECT_THAT(nothing, Contains(HasSubstr("uid 1000")));

  ability = {7, "", true, true};
  EXPECT_THAT(missing_bounds(rules, ability), IsEmpty());
  ability.landlock_abi = 2;
  EXPECT_THAT(missing_bounds(rules, ability), SizeIs(1));  // truncating is refused by the filter
  ability.seccomp = false;
  EXPECT_THAT(missing_bounds(rules, ability), Contains(HasSubstr("truncating")));
}

// In a process of its own, where nothing is known yet. There is room for all but the stack of a thread.
TEST(SandboxBounds, ThatCannotBeTriedLetNothingStartAndAreTriedAgain) {
#ifdef FLEET_SANITIZED
  GTEST_SKIP()
      << "NOT TESTED under a sanitizer: it reserves all memory there is, which cannot be limited then";
#endif
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto tried_without_memory = [] {
    rlimit before{};
    ::getrlimit(RLIMIT_AS, &before);
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlimit little{pages * 4096 + 1'000'000, before.rlim_max};
    ::setrlimit(RLIMIT_AS, &little);
    const bool refused = !prepare_sandbox({}, model::SandboxMode::automatic);
    ::setrlimit(RLIMIT_AS, &before);
    const bool goes_on = static_cast<bool>(prepare_sandbox({}, model::SandboxMode::automatic));
    ::_exit(refused && goes_on ? 0 : 1);
  };
  EXPECT_EXIT(tried_without_memory(), testing::ExitedWithCode(0), "");
}

TEST(SandboxBounds, RequiredFailsWhereSomethingIsMissingAndOnlyThere) {
  SandboxRules rules;
  const auto missing = missing_bounds(rules, sandbox_ability().value());
  const auto prepared = prepare_sandbox(rules, model::SandboxMode::required);
  EXPECT_EQ(static_cast<bool>(prepared), missing.empty());
  if (!prepared) {
    EXPECT_THAT(prepared.error().message(), HasSubstr(missing.front()));
  }
}

TEST(SandboxBounds, OffHoldsNothingAndSaysOnlyWhatItWasAskedForAllTheSame) {
  SandboxRules rules;
  rules.network = Network::off;
  rules.write = {"/not/there"};
  EXPECT_THAT(prepare_sandbox(rules, model::SandboxMode::off).value()->missing(), IsEmpty());
  rules.limits_processes = true;
  EXPECT_THAT(prepare_sandbox(rules, model::SandboxMode::off).value()->missing(),
              SizeIs(::geteuid() == 0 ? 1 : 0));
}

TEST_F(SandboxUser, OffStillChangesTheUser) {
  SKIP_WITHOUT_ROOT();
  rules.user = UserId{65534, 65533};
  ProcessSpec spec;
  spec.argv = {"sh", "-c", "id -u; id -g; cat /proc/self/status | grep -c 'CapEff:.*[1-9a-f]'"};
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  spec.sandbox = prepare_sandbox(rules, model::SandboxMode::off).value();
  EXPECT_EQ(run_program(spec).value().out, "65534\n65533\n0\n");
}

TEST(SystemReadPaths, BringAnInstallationWithItsFolderOnPathButNotTheHome) {
  const auto home = TemporaryDirectory::create().value();
  for (const char* path : {"/node/bin", "/node/lib", "/.cargo/bin", "/.local/bin", "/.local/lib", "/bin",
                           "/lib", "/app/node_modules/.bin", "/other/.bin"}) {
    ASSERT_TRUE(make_directories(home.path() + path));
  }
  const std::string at = home.path();
  const auto paths =
      system_read_paths(at + "/node/bin:" + at + "/.cargo/bin/:relative::" + at + "/.local/bin:" + at +
                            "/bin:" + at + "/app/node_modules/.bin:" + at + "/other/.bin",
                        at, {});
  EXPECT_THAT(paths, Contains(at + "/app/node_modules")) << "its links lead to the packages beside it";
  EXPECT_THAT(paths, Contains(at + "/other/.bin"));
  EXPECT_THAT(paths, Contains(at + "/node"));
  EXPECT_THAT(paths, Contains(at + "/.cargo/bin"));
  EXPECT_THAT(paths, Contains(at + "/.local/bin"));
  EXPECT_THAT(paths, Contains(at + "/bin"));
  for (const char* closed : {"", "/.cargo", "/.local", "/.local/lib"}) {
    EXPECT_THAT(paths, Not(Contains(at + closed))) << closed;
  }
  EXPECT_THAT(paths, Not(Contains("relative")));
}

TEST(SystemReadPaths, NameNothingThatLiesInAnotherOne) {
  const auto paths = system_read_paths("/usr/bin:/bin:/usr/local/sbin", "", {});
  EXPECT_THAT(paths, Contains("/usr"));
  for (const std::string& path : paths)
    EXPECT_NE(path.rfind("/usr/", 0), 0U) << path;
}

TEST_F(Sandboxed, PlacesThatStayOpenAreLookedUpAnewWhenTheyLeadElsewhere) {
  SKIP_WITHOUT_LANDLOCK(1);
  const std::string moved = folder / "moved", late = folder / "late";
  ASSERT_TRUE(make_directories(moved));
  std::vector<std::string> paths = system_read_paths("/usr/bin:/bin", "", {});
  paths.insert(paths.end(), {moved, late});
  rules.system = std::make_shared<const OpenPlaces>(paths);
  ASSERT_EQ(::rename(moved.c_str(), (folder / "away").c_str()), 0);
  for (const std::string& path : {moved, late}) {
    ASSERT_TRUE(make_directories(path));
    ASSERT_TRUE(write_file_atomically(path + "/file", "new"));
    EXPECT_EQ(tries({"read", path + "/file"}), "ok") << path;
  }
  ASSERT_TRUE(write_file_atomically(folder / "away" + "/file", "old"));
  EXPECT_NE(tries({"read", folder / "away" + "/file"}), "ok");
}

TEST(SystemReadPaths, GoAroundWhatMustStayClosed) {
  const auto place = TemporaryDirectory::create().value();
  const std::string at = place.path();
  for (const char* path : {"/bin", "/lib", "/src", "/.git/fleet", "/.git/hooks"})
    ASSERT_TRUE(make_directories(at + path));
  ASSERT_EQ(::symlink((at + "/.git").c_str(), (at + "/link").c_str()), 0);
  const auto paths = system_read_paths(at + "/bin", "/home/nobody", {at + "/link/fleet"});
  EXPECT_THAT(paths, Contains(at + "/bin"));
  EXPECT_THAT(paths, Contains(at + "/lib"));
  EXPECT_THAT(paths, Contains(at + "/.git/hooks"));
  for (const char* closed : {"", "/.git", "/.git/fleet"})
    EXPECT_THAT(paths, Not(Contains(at + closed))) << closed;
}

TEST(SystemReadPaths, StayWhereASystemFolderIsSomebodysHome) {
  const std::string bin = std::filesystem::canonical("/bin");
  EXPECT_THAT(system_read_paths("", bin, {bin}), AnyOf(Contains("/usr"), Contains(bin)));
}

}  // namespace
}  // namespace fleet::os
