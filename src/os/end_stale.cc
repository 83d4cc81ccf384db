#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>
#include <unordered_set>

#include "os/process.h"
#include "os/process_tree.h"

namespace fleet::os {
namespace {

constexpr auto kPatience = std::chrono::seconds(5);

// This process and all above it: a fleet that was started by a task of the one that crashed must not end
// itself.
std::unordered_set<pid_t> own_line() {
  std::unordered_set<pid_t> line;
  for (pid_t pid = ::getpid(); pid > 0 && line.insert(pid).second;) {
    const auto stat = process_stat(pid);
    pid = stat ? stat->parent : 0;
  }
  return line;
}

std::vector<ProcessStat> left_behind(const model::ProcessIdentity& leader, const std::string& entry) {
  const auto all = all_processes();
  bool is_group_ours = false;
  std::unordered_set<pid_t> ours;
  for (const ProcessStat& process : all) {
    const bool is_leader =
        leader.pid > 0 && process.pid == leader.pid && process.start_time == leader.start_time;
    if (!is_leader && (entry.empty() || !carries(process.pid, entry))) continue;
    ours.insert(process.pid);
    // The number of a session is not given away while one of its processes lives.
    is_group_ours = is_group_ours || is_leader || (leader.pid > 0 && process.session == leader.pid);
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (const ProcessStat& process : all) {
      const bool in_group = is_group_ours && (process.session == leader.pid || process.group == leader.pid);
      if (in_group || ours.count(process.parent) != 0) grew = ours.insert(process.pid).second || grew;
    }
  }
  const auto spared = own_line();
  std::vector<ProcessStat> left;
  for (const ProcessStat& process : all) {
    if (ours.count(process.pid) != 0 && spared.count(process.pid) == 0 && !process.is_dead())
      left.push_back(process);
  }
  return left;
}

}  // namespace

Result<std::size_t> end_stale(const model::ProcessIdentity& leader, std::string_view token) {
  const std::string entry = token.empty() ? std::string() : fmt::format("{}={}", kTokenVariable, token);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::unordered_set<pid_t> ended;
  for (;;) {
    const auto left = left_behind(leader, entry);
    if (left.empty()) return ended.size();
    for (const ProcessStat& process : left) {
      const int error = signal_process(process, SIGKILL);
      if (error == EPERM) {
        return base::fail_errno("end what an earlier fleet left running: process",
                                std::to_string(process.pid), error, "end it yourself, then try again");
      }
      ended.insert(process.pid);
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return base::fail_world("end what an earlier fleet left running: process",
                              std::to_string(left.front().pid), "it does not end, also not by SIGKILL",
                              "look what it waits for (a file system that is gone?)");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace fleet::os
