#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/probe/probe.h"

// One whole process: its wall time, the CPU time and the largest peak of memory of it and of all that it
// waited for. By a program that is small itself: what starts a process shares its memory with it until its
// exec, and the kernel counts that as the process's peak.
namespace fleet::bench {
namespace {

double in_seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

pid_t start(const std::string& folder, const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));  // posix_spawn only reads
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) give_up(fmt::format("{} cannot be started (error {})", words[0], error));
  return pid;
}

}  // namespace

Figures probe_process(Arguments& arguments) {
  const std::string folder = arguments.text();
  std::vector<std::string> words{arguments.text()};
  while (!arguments.empty())
    words.push_back(arguments.text());
  int status = 0;
  rusage used{};
  const double seconds = seconds_of([&] {
    const pid_t pid = start(folder, words);
    if (::wait4(pid, &status, 0, &used) != pid) give_up("there is no child to wait for");
  });
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    give_up(fmt::format("{} ended with status {}", words[0], status));
  return {{"seconds", seconds},
          {"cpu", in_seconds(used.ru_utime) + in_seconds(used.ru_stime)},
          {"bytes", 1024.0 * static_cast<double>(used.ru_maxrss)},
          {"own_bytes", peak_memory()}};
}

}  // namespace fleet::bench
