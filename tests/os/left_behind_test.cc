// What programs leave behind: children in their group, daemons that left it, and what a crash of fleet
// leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <sstream>

#include "os/files.h"
#include "os/process.h"
#include "os/run_program.h"
#include "os/running.h"

namespace fleet::os {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct LeftBehind : testing::Test {
  TemporaryDirectory folder = TemporaryDirectory::create().value();
  std::string pid_file = folder / "pid";

  FinishedProgram run(std::vector<std::string> arguments) {
    ProcessSpec spec = actor(std::move(arguments));
    spec.token = "left-behind-" + folder.path();
    auto finished = run_program(std::move(spec));
    EXPECT_TRUE(finished) << (finished ? "" : finished.error().message());
    return finished ? *finished : FinishedProgram{};
  }
};

TEST_F(LeftBehind, AChildThatHoldsThePipesDoesNotHoldUpTheEnd) {
  const auto finished = run({"leave-child", pid_file});
  EXPECT_EQ(finished.end.exit_status, 7);
  EXPECT_EQ(finished.end.cause, EndCause::own);
  EXPECT_EQ(finished.end.stragglers, 1U);
  EXPECT_FALSE(is_alive(told_pid(pid_file)));
  EXPECT_LT(finished.end.usage.wall, seconds(10));
}

TEST_F(LeftBehind, AChildInItsGroupIsFoundWithoutAToken) {
  const auto finished = run_program(actor({"leave-child", pid_file}));
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->end.stragglers, 1U);
  EXPECT_FALSE(is_alive(told_pid(pid_file)));
}

TEST_F(LeftBehind, ADaemonInASessionOfItsOwnIsFoundByTheToken) {
  const auto finished = run({"leave-daemon", pid_file});
  EXPECT_EQ(finished.end.exit_status, 0);
  EXPECT_EQ(finished.end.stragglers, 1U);
  EXPECT_FALSE(is_alive(told_pid(pid_file)));
}

TEST_F(LeftBehind, ADaemonThatClosedThePipesIsFoundToo) {
  const auto finished = run({"leave-daemon", pid_file, "silent"});
  EXPECT_EQ(finished.end.stragglers, 1U);
  EXPECT_FALSE(is_alive(told_pid(pid_file)));
}

TEST_F(LeftBehind, ADaemonWithAnEmptyEnvironmentEndsWithTheLastProgram) {
  const auto finished = run({"leave-bare-daemon", pid_file});
  EXPECT_FALSE(is_alive(told_pid(pid_file)));
  EXPECT_FALSE(finished.end.left_nothing);
}

TEST_F(LeftBehind, IsSaidToBeNothingWhereNobodyIsLeft) {
  EXPECT_TRUE(run({"leave-daemon", pid_file}).end.left_nothing);
  EXPECT_TRUE(run_program(program({"true"}))->end.left_nothing);
}

TEST_F(LeftBehind, ADaemonOfOneProgramDoesNotEndWithAnother) {
  const auto loop = std::move(EventLoop::create().value());
  const auto processes = std::move(Processes::create(*loop).value());
  ProcessSpec keeps = actor({"leave-daemon", pid_file, "loud", "and-sleep"});
  keeps.token = "keeps-" + folder.path();
  bool keeps_ended = false;
  ProcessEvents events;
  events.ended = [&](Result<ProcessEnd>) {
    keeps_ended = true;
    loop->stop();
  };
  const auto id = processes->start(keeps, std::move(events));
  const pid_t daemon = [&] {
    std::thread waits([&] {
      told_pid(pid_file);
      loop->stop();
    });
    loop->run();
    waits.join();
    return told_pid(pid_file);
  }();

  ProcessEvents of_other;
  of_other.ended = [&](Result<ProcessEnd> end) {
    EXPECT_EQ(end->stragglers, 0U);
    loop->stop();
  };
  ProcessSpec other = program({"true"});
  other.token = "other-" + folder.path();
  processes->start(other, std::move(of_other));
  loop->run();
  EXPECT_TRUE(is_alive(daemon));

  processes->kill_now(id);
  loop->run();
  EXPECT_TRUE(keeps_ended);
  EXPECT_FALSE(is_alive(daemon));
}

TEST_F(LeftBehind, SomebodyWhoIgnoresTermInTheGroupIsKilledAfterTheGrace) {
  ProcessSpec spec = actor({"ignore-term-in-child", pid_file});
  spec.time_limit = milliseconds(200);
  spec.grace = milliseconds(300);
  const auto finished = run_program(spec);
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->end.cause, EndCause::timed_out);
  EXPECT_EQ(finished->end.signal, SIGTERM);
  EXPECT_FALSE(is_alive(told_pid(pid_file)));
}

TEST_F(LeftBehind, OutputOfABackgroundChildThatIsAboutToEndIsTaken) {
  const auto finished = run_program(program({"sh", "-c", "(sleep 0.05; echo late) & echo early"}));
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->out, "early\nlate\n");
  EXPECT_EQ(finished->end.stragglers, 0U);
}

TEST_F(LeftBehind, AProgramThatClosesItsPipesIsWaitedForAllTheSame) {
  ProcessSpec spec = actor({"close-and-sleep", pid_file});
  spec.time_limit = milliseconds(150);
  const auto finished = run_program(spec);
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->end.cause, EndCause::timed_out);
}

TEST_F(LeftBehind, NothingIsLeftWhenTheOwnerGoes) {
  pid_t leader = 0;
  {
    const auto loop = std::move(EventLoop::create().value());
    const auto processes = std::move(Processes::create(*loop).value());
    ProcessSpec spec = actor({"leave-daemon", pid_file, "loud", "and-sleep"});
    spec.token = "owner-" + folder.path();
    ProcessEvents events;
    events.started = [&](const model::ProcessIdentity& identity) {
      leader = identity.pid;
      loop->stop();
    };
    events.ended = [](Result<ProcessEnd>) { ADD_FAILURE() << "no event comes from a destructor"; };
    processes->start(spec, std::move(events));
    loop->run();
    told_pid(pid_file);
    // And one that nobody has taken over from its spawner yet.
    processes->start(actor({"ignore-term", folder / "other"}), {});
    told_pid(folder / "other");
  }
  EXPECT_FALSE(is_alive(leader));
  EXPECT_FALSE(is_alive(told_pid(pid_file)));
  EXPECT_FALSE(is_alive(told_pid(folder / "other")));
}

TEST_F(LeftBehind, ZombiesOfOrphansAreReaped) {
  // Its grandchild ends after the shell did, and belongs to us by then.
  const auto finished = run_program(program({"sh", "-c", "(sleep 0.05 & echo $! >&2)"}));
  ASSERT_TRUE(finished);
  const pid_t orphan = std::atoi(finished->err.c_str());
  ASSERT_GT(orphan, 0);
  EXPECT_FALSE(exists("/proc/" + std::to_string(orphan)));
}

// A fleet that starts a program and is then killed without a chance to clean up.
model::ProcessIdentity crash_with(const std::vector<std::string>& arguments, const std::string& token,
                                  const std::string& identity_file) {
  const pid_t fleet = ::fork();
  if (fleet == 0) {
    const auto loop = std::move(EventLoop::create().value());
    const auto processes = std::move(Processes::create(*loop, 0).value());
    ProcessSpec spec = actor(arguments);
    spec.token = token;
    ProcessEvents events;
    events.started = [&](const model::ProcessIdentity& identity) {
      static_cast<void>(write_file_atomically(
          identity_file, std::to_string(identity.pid) + " " + std::to_string(identity.start_time)));
    };
    processes->start(spec, std::move(events));
    loop->run();
    ::_exit(0);
  }
  becomes_true([&] { return exists(identity_file); });
  told_pid(arguments.at(1));
  ::kill(fleet, SIGKILL);
  ::waitpid(fleet, nullptr, 0);
  model::ProcessIdentity identity;
  std::sscanf(read_file(identity_file, 100).value_or("").c_str(), "%d %lu", &identity.pid,
              &identity.start_time);
  return identity;
}

struct Crash : LeftBehind {
  // The orphans of the crash come to this test, which must not take the place of the machine's init: they
  // would stay as zombies.
  bool is_gone(pid_t pid) {
    ::waitpid(pid, nullptr, WNOHANG);
    return !is_alive(pid);
  }
};

TEST_F(Crash, KillsTheProgramsLeaderAtOnce) {
  const auto identity =
      crash_with({"ignore-term", pid_file}, "crash-1-" + folder.path(), folder / "identity");
  ASSERT_GT(identity.pid, 0);
  EXPECT_TRUE(becomes_true([&] { return is_gone(identity.pid); }));
}

TEST_F(Crash, WhatItLeftIsFoundByTheTokenAndEnded) {
  const std::string token = "crash-2-" + folder.path();
  const auto identity =
      crash_with({"leave-daemon", pid_file, "loud", "and-sleep"}, token, folder / "identity");
  const pid_t daemon = told_pid(pid_file);
  ASSERT_TRUE(is_alive(daemon));
  const auto none = end_stale(identity, "another token " + folder.path());
  ASSERT_TRUE(none);
  EXPECT_TRUE(is_alive(daemon));
  const auto ended = end_stale(identity, token);
  ASSERT_TRUE(ended) << ended.error().message();
  EXPECT_GE(*ended, 1U);
  EXPECT_TRUE(becomes_true([&] { return is_gone(daemon); }));
  EXPECT_EQ(end_stale(identity, token).value(), 0U);
}

TEST_F(Crash, AnotherProcessWithTheSameNumberIsSpared) {
  const auto loop = std::move(EventLoop::create().value());
  const auto processes = std::move(Processes::create(*loop).value());
  model::ProcessIdentity identity;
  ProcessEvents events;
  events.started = [&](const model::ProcessIdentity& started) {
    identity = started;
    loop->stop();
  };
  processes->start(program({"sleep", "60"}), std::move(events));
  loop->run();
  ++identity.start_time;  // as if the number had been given to another since
  EXPECT_EQ(end_stale(identity, "").value(), 0U);
  EXPECT_TRUE(is_alive(identity.pid));
  --identity.start_time;
  EXPECT_EQ(end_stale(identity, "").value(), 1U);
}

TEST_F(Crash, ItDoesNotEndItself) {
  ASSERT_EQ(::setenv("UNRELATED", "1", 1), 0);
  const auto own = read_file("/proc/self/stat", 4096).value();
  model::ProcessIdentity self;
  self.pid = ::getpid();
  std::istringstream fields(own.substr(own.rfind(')') + 2));
  std::string field;
  for (int i = 3; i <= 22; ++i)
    fields >> field;
  self.start_time = std::stoull(field);
  EXPECT_EQ(end_stale(self, "").value(), 0U);
}

}  // namespace
}  // namespace fleet::os
