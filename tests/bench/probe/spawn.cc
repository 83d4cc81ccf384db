#include "os/spawn.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "bench/probe/probe.h"

// How long a thread is held up by starting a program.
namespace fleet::bench {
namespace {

constexpr const char* kProgram = "/bin/true";
char* const kArgv[] = {const_cast<char*>(kProgram), nullptr};
char* const kNoEnvironment[] = {nullptr};

pid_t by_fork() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execve(kProgram, kArgv, kNoEnvironment);
    ::_exit(127);
  }
  return pid;
}

// NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork): it is what is measured
pid_t by_vfork() {
  const pid_t pid = ::vfork();
  if (pid == 0) {
    ::execve(kProgram, kArgv, kNoEnvironment);
    ::_exit(127);
  }
  return pid;
}

pid_t by_posix_spawn() {
  pid_t pid = -1;
  return ::posix_spawn(&pid, kProgram, nullptr, nullptr, kArgv, kNoEnvironment) == 0 ? pid : -1;
}

pid_t by_us() {
  static const std::string folder = "/";
  os::ProcessSpec spec;
  spec.argv.emplace_back(kProgram);
  spec.working_directory = folder;
  return must(os::spawn(spec)).pid;
}

// For that one, or for whichever ends first (-1).
void wait_for(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, 0) < 0 || status != 0) give_up("a program did not run");
}

using Spawn = pid_t (*)();

Spawn spawn_by(const std::string& how) {
  if (how == "ours") return by_us;
  if (how == "fork") return by_fork;
  if (how == "vfork") return by_vfork;
  if (how == "posix_spawn") return by_posix_spawn;
  give_up(how + " is no way to start a program");
}

}  // namespace

Figures probe_spawn(Arguments& arguments) {
  const Spawn spawn = spawn_by(arguments.text());
  const auto bytes = static_cast<std::size_t>(arguments.number()) << 20;
  const auto memory = std::make_unique<char[]>(bytes);  // written, so that it is there
  std::memset(memory.get(), 1, bytes);
  const std::int64_t times = arguments.number();
  double seconds = 0;
  for (std::int64_t i = 0; i < times; ++i) {
    pid_t pid = -1;
    seconds += seconds_of([&] { pid = spawn(); });
    wait_for(pid);
  }
  return {{"seconds", seconds / static_cast<double>(times)}};
}

// What no scheduler can be quicker than that runs so many programs, so many of them at once, from one thread.
Figures probe_spawn_all(Arguments& arguments) {
  const std::int64_t tasks = arguments.number();
  const std::int64_t parallel = arguments.number();
  const double seconds = seconds_of([&] {
    for (std::int64_t i = 0; i < tasks; ++i) {
      if (i >= parallel) wait_for(-1);
      if (by_vfork() < 0) give_up("a program did not start");
    }
    for (std::int64_t i = 0; i < std::min(tasks, parallel); ++i)
      wait_for(-1);
  });
  return {{"seconds", seconds}};
}

}  // namespace fleet::bench
