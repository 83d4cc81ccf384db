#include "os/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "os/files.h"
#include "os/run_program.h"
#include "os/running.h"
#include "os/signals.h"
#include "os/system.h"

namespace fleet::os {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

FinishedProgram run(ProcessSpec spec, std::size_t max_output = 1 << 20) {
  auto finished = run_program(std::move(spec), max_output);
  EXPECT_TRUE(finished) << (finished ? "" : finished.error().message());
  return finished ? *finished : FinishedProgram{};
}

std::string why_not(ProcessSpec spec) {
  const auto finished = run_program(std::move(spec));
  EXPECT_FALSE(finished);
  return finished ? "" : finished.error().message();
}

TEST(Process, ReportsItsExitStatusAndBothStreams) {
  const auto finished = run(program({"sh", "-c", "echo out; echo err >&2; exit 3"}));
  EXPECT_EQ(finished.out, "out\n");
  EXPECT_EQ(finished.err, "err\n");
  EXPECT_EQ(finished.end.exit_status, 3);
  EXPECT_EQ(finished.end.signal, std::nullopt);
  EXPECT_EQ(finished.end.cause, EndCause::own);
  EXPECT_FALSE(finished.succeeded());
}

TEST(Process, ReportsTheSignalThatEndedIt) {
  const auto finished = run(program({"sh", "-c", "kill -SEGV $$"}));
  EXPECT_EQ(finished.end.exit_status, std::nullopt);
  ASSERT_EQ(finished.end.signal, SIGSEGV);
  EXPECT_EQ(signal_name(*finished.end.signal), "SIGSEGV");
}

TEST(Process, GetsExactlyTheEnvironmentThatWasGiven) {
  ProcessSpec spec = program({"/usr/bin/env"});
  spec.env = {{"B", "two words"}, {"A", ""}};
  spec.token = "t-1";
  EXPECT_EQ(run(spec).out, "A=\nB=two words\nFLEET_PROCESS_TOKEN=t-1\n");
}

TEST(Process, InheritsNothingElse) {
  const base::UniqueFd leaked(::open("/dev/null", O_RDONLY));  // without O_CLOEXEC, as a library may do it
  ASSERT_TRUE(leaked);
  EXPECT_EQ(run(actor({"descriptors"})).out, "0 1 2 ");
  EXPECT_THAT(run(actor({"identity"})).out, HasSubstr("group 1 session 1"));
}

TEST(Process, GetsTheStandardSignalHandling) {
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  sigset_t set, mask;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set, &mask);
  EXPECT_EQ(run(actor({"signals"})).out, "");
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  ::sigaction(SIGPIPE, &before, nullptr);
}

TEST(Process, ReadsItsInputOrNothing) {
  ProcessSpec spec = program({"cat"});
  EXPECT_EQ(run(spec).out, "");
  spec.input = std::string(300'000, 'i') + "\n";  // more than a pipe holds
  EXPECT_EQ(run(spec).out, spec.input);
  spec.argv = {"sh", "-c", "exit 0"};  // and does not have to read it
  EXPECT_TRUE(run(spec).succeeded());
}

TEST(Process, RunsInItsFolderAndFindsRelativeProgramsThere) {
  const auto folder = TemporaryDirectory::create().value();
  ASSERT_TRUE(write_file_atomically(folder / "tool", "#!/bin/sh\npwd\n", 0755));
  ProcessSpec spec = program({"./tool"});
  spec.working_directory = folder.path();
  EXPECT_EQ(run(spec).out, folder.path() + "\n");
  spec.argv = {"tool"};
  spec.env["PATH"] = ".:/usr/bin:/bin";
  EXPECT_EQ(run(spec).out, folder.path() + "\n");
}

TEST(Process, RunsAScriptWithoutAFirstLineByTheShell) {
  const auto folder = TemporaryDirectory::create().value();
  ASSERT_TRUE(write_file_atomically(folder / "script", "echo got $1\n", 0755));
  EXPECT_EQ(run(program({folder / "script", "this"})).out, "got this\n");
}

TEST(Process, PassesOverWhatItMayNotExecuteOnPath) {
  const auto folder = TemporaryDirectory::create().value();
  ASSERT_TRUE(write_file_atomically(folder / "true", "not executable", 0644));
  ProcessSpec spec = program({"true"});
  spec.env["PATH"] = folder.path() + ":/usr/bin:/bin";
  EXPECT_TRUE(run(spec).succeeded());
  ASSERT_TRUE(write_file_atomically(folder / "true", "#!/no/such/interpreter\n", 0755));
  EXPECT_TRUE(run(spec).succeeded());
  spec.env["PATH"] = "/no/such/folder:" + folder.path();
  EXPECT_THAT(why_not(spec), HasSubstr("interpreter"));
}

TEST(Process, SaysWhyItCouldNotStart) {
  EXPECT_THAT(why_not(program({"no-such-program"})),
              HasSubstr("cannot start no-such-program: there is no such program (searched PATH: "
                        "/usr/local/bin:/usr/bin:/bin)"));
  EXPECT_THAT(why_not(program({"/no/such/file"})), HasSubstr("/no/such/file: No such file"));
  EXPECT_THAT(why_not(program({"/etc/passwd"})), HasSubstr("/etc/passwd: Permission denied"));

  const auto folder = TemporaryDirectory::create().value();
  ASSERT_TRUE(write_file_atomically(folder / "script", "#!/bin/sh\r\n", 0755));
  EXPECT_THAT(why_not(program({folder / "script"})), HasSubstr("interpreter"));

  ProcessSpec spec = program({"true"});
  spec.working_directory = "/no/such/folder";
  EXPECT_THAT(why_not(spec), HasSubstr("cannot start `true` in /no/such/folder: No such file"));
  spec = program({"true", std::string(3 << 20, 'a')});
  EXPECT_THAT(why_not(spec), HasSubstr("use a file or stdin"));
}

TEST(Process, RefusesTextThatNoProgramCanBeGiven) {
  EXPECT_THAT(why_not(program({})), HasSubstr("no name"));
  EXPECT_THAT(why_not(program({"true", std::string("a\0b", 3)})), HasSubstr("NUL"));
  ProcessSpec spec = program({"true"});
  spec.env["A=B"] = "";
  EXPECT_THAT(why_not(spec), HasSubstr("A=B"));
}

TEST(Process, PumpsBothStreamsOfAnySizeWithoutDeadlock) {
  const auto loop = std::move(EventLoop::create().value());
  const auto processes = std::move(Processes::create(*loop).value());
  constexpr std::size_t kBytes = 64 << 20;
  std::array<std::size_t, 2> got{};
  ProcessEvents events;
  events.output = [&](Stream stream, std::string_view bytes) {
    got[static_cast<std::size_t>(stream)] += bytes.size();
  };
  events.ended = [&](Result<ProcessEnd> end) {
    EXPECT_EQ(end->exit_status, 0);
    loop->stop();
  };
  processes->start(actor({"flood", std::to_string(kBytes)}), std::move(events));
  loop->run();
  EXPECT_EQ(got[0], kBytes);
  EXPECT_EQ(got[1], kBytes);
}

TEST(Process, KeepsNoMoreOutputThanAskedFor) {
  const auto finished = run(actor({"flood", "1000000"}), 1000);
  EXPECT_EQ(finished.out.size(), 1000U);
  EXPECT_TRUE(finished.cut);
}

TEST(Process, IsTimedOutWithTermAndThenKill) {
  const auto folder = TemporaryDirectory::create().value();
  ProcessSpec spec = program({"sleep", "60"});
  spec.time_limit = milliseconds(50);
  auto end = run(spec).end;
  EXPECT_EQ(end.cause, EndCause::timed_out);
  EXPECT_EQ(end.signal, SIGTERM);
  EXPECT_GE(end.usage.wall, milliseconds(50));

  spec = actor({"ignore-term", folder / "pid"});
  spec.time_limit = milliseconds(50);
  spec.grace = milliseconds(50);
  end = run(spec).end;
  EXPECT_EQ(end.cause, EndCause::timed_out);
  EXPECT_EQ(end.signal, SIGKILL);
}

TEST(Process, MayStillExitByItselfAfterTerm) {
  ProcessSpec spec =
      program({"sh", "-c", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done"});
  spec.time_limit = milliseconds(200);
  const auto finished = run(spec);
  EXPECT_EQ(finished.end.cause, EndCause::timed_out);
  EXPECT_EQ(finished.end.exit_status, 0);
  EXPECT_EQ(finished.out, "up\nbye\n");
  EXPECT_FALSE(finished.succeeded());
}

TEST(Process, IsEndedWhenItIsSilentForTooLong) {
  ProcessSpec spec = program({"sh", "-c", "for i in 1 2 3 4; do echo $i; sleep 0.3; done; sleep 60"});
  spec.idle_limit = milliseconds(1200);  // a busy machine may be late by much
  const auto finished = run(spec);
  EXPECT_EQ(finished.end.cause, EndCause::idle);
  EXPECT_EQ(finished.out, "1\n2\n3\n4\n");
  EXPECT_GE(finished.end.usage.wall, milliseconds(2100));  // each line was a new start
}

TEST(Process, IsEndedAlsoWhenItIsStopped) {
  const auto folder = TemporaryDirectory::create().value();
  ProcessSpec spec = actor({"stop-itself", folder / "pid"});
  spec.time_limit = milliseconds(100);
  EXPECT_EQ(run(spec).end.signal, SIGTERM);  // SIGCONT lets SIGTERM through
}

TEST(Process, LeavesItsLimitsToTheKernel) {
  ProcessSpec spec = program({"sh", "-c", "ulimit -c; ulimit -n; ulimit -f"});
  spec.limits.open_files = 77;
  spec.limits.file_bytes = 512 * 1024;
  EXPECT_EQ(run(spec).out, "0\n77\n1024\n");
  spec = program({"sh", "-c", "while :; do :; done"});
  spec.limits.cpu = seconds(1);
  EXPECT_EQ(run(spec).end.signal, SIGXCPU);
}

TEST(Process, GetsTheOpenFileLimitThatFleetWasStartedWith) {
  struct rlimit before {};
  ::getrlimit(RLIMIT_NOFILE, &before);
  struct rlimit low = before;
  low.rlim_cur = 300;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  raise_open_file_limit();
  struct rlimit raised {};
  ::getrlimit(RLIMIT_NOFILE, &raised);
  EXPECT_GT(raised.rlim_cur, 300U);
  EXPECT_EQ(run(program({"sh", "-c", "ulimit -n"})).out, "300\n");
}

TEST(Process, CountsTimeAndMemory) {
  const auto busy = run(program({"sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"})).end.usage;
  EXPECT_GT(busy.user_cpu + busy.system_cpu, milliseconds(5));
  EXPECT_GE(busy.wall, (busy.user_cpu + busy.system_cpu) / 2);
  const auto large = run(program({"sh", "-c", OS_ACTOR " memory 1500; true"})).end.usage;
  EXPECT_GT(large.peak_memory, 1'400U << 20);
  EXPECT_LT(large.peak_memory, 1'700U << 20);
}

TEST(Process, ClaimsNoPeakMemoryThatItCannotKnow) {
  // All are smaller than this process: what the kernel counts for them is ours. The first ends before anybody
  // looks at it, and the second's children ended before.
  EXPECT_EQ(run(program({"true"})).end.usage.peak_memory, std::nullopt);
  const std::string quick = "i=0; while [ $i -lt 3 ]; do /bin/true; i=$((i+1)); done; ";
  EXPECT_EQ(run(program({"sh", "-c", quick})).end.usage.peak_memory, std::nullopt);
  const std::string busy = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo a; ";
  const auto seen = run(program({"sh", "-c", busy + busy})).end.usage.peak_memory;
  ASSERT_NE(seen, std::nullopt);
  EXPECT_GT(*seen, 100U << 10);
  EXPECT_LT(*seen, 8U << 20);
}

// Said where it is: one that writes nothing, and whose memory is that of one it started.
TEST(Process, SeesThePeakMemoryOfSmallOnesBelow) {
  const auto seen = run(program({"sh", "-c", OS_ACTOR " memory 12; sleep 0.3; true"})).end.usage.peak_memory;
  ASSERT_NE(seen, std::nullopt);
  EXPECT_GT(*seen, 500U << 10);
}

TEST(Process, ANonBlockingStartIsToldByEventsOnly) {
  const auto loop = std::move(EventLoop::create().value());
  for (const unsigned spawners : {0U, 2U}) {
    const auto processes = std::move(Processes::create(*loop, spawners).value());
    std::string order;
    ProcessEvents events;
    events.started = [&](const model::ProcessIdentity& identity) {
      EXPECT_GT(identity.pid, 0);
      EXPECT_GT(identity.start_time, 0U);
      order += "started ";
    };
    events.output = [&](Stream, std::string_view bytes) { order += bytes; };
    events.ended = [&](Result<ProcessEnd> end) {
      EXPECT_TRUE(end);
      order += " ended";
      EXPECT_EQ(processes->running(), 0U);
      loop->stop();
    };
    processes->start(program({"echo", "-n", "output"}), std::move(events));
    EXPECT_EQ(order, "");
    EXPECT_EQ(processes->running(), 1U);
    loop->run();
    EXPECT_EQ(order, "started output ended");
  }
}

TEST(Process, CanBeStoppedBeforeItHasStarted) {
  const auto loop = std::move(EventLoop::create().value());
  const auto processes = std::move(Processes::create(*loop).value());
  ProcessEvents events;
  events.ended = [&](Result<ProcessEnd> end) {
    EXPECT_EQ(end->cause, EndCause::stopped);
    EXPECT_EQ(end->signal, SIGKILL);
    loop->stop();
  };
  const auto id = processes->start(program({"sleep", "60"}), std::move(events));
  processes->terminate(id, seconds(60));
  processes->kill_now(id);
  loop->run();
}

TEST(Process, FiveHundredRunAtOnce) {
  raise_open_file_limit();
  const auto loop = std::move(EventLoop::create().value());
  const auto processes = std::move(Processes::create(*loop).value());
  constexpr int kPrograms = 500;
  int started = 0;
  int good = 0;
  int ended = 0;
  std::vector<ProgramId> ids;
  std::vector<std::string> outputs(kPrograms);
  for (int i = 0; i < kPrograms; ++i) {
    ProcessEvents events;
    // None ends before all have started: they really run at once.
    events.started = [&](const model::ProcessIdentity&) {
      if (++started == kPrograms) {
        for (const ProgramId id : ids)
          processes->terminate(id, seconds(30));
      }
    };
    events.output = [&outputs, i](Stream, std::string_view bytes) {
      outputs[static_cast<std::size_t>(i)] += bytes;
    };
    events.ended = [&](Result<ProcessEnd> end) {
      if (end && end->signal == SIGTERM && end->cause == EndCause::stopped) ++good;
      if (++ended == kPrograms) loop->stop();
    };
    ids.push_back(processes->start(program({"sleep", "60"}), std::move(events)));
  }
  loop->run();
  EXPECT_EQ(good, kPrograms);
}

}  // namespace
}  // namespace fleet::os
