#include "os/process_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <ctime>

#include "base/unique_fd.h"
#include "os/files.h"

namespace fleet::os {
namespace {

constexpr std::uint64_t kMaxProcFile = 4 << 20;  // an environment may be 2 MiB

template <class Number>
std::optional<Number> take_number(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  return value;
}

std::optional<ProcessStat> parse_stat(std::string_view text) {
  ProcessStat stat;
  const auto pid = take_number<pid_t>(text);
  const auto name_end = text.rfind(") ");  // the name may hold anything, also parentheses
  if (!pid || name_end == std::string_view::npos || name_end + 4 > text.size()) return std::nullopt;
  stat.pid = *pid;
  stat.state = text[name_end + 2];
  text.remove_prefix(name_end + 3);
  const auto parent = take_number<pid_t>(text);
  const auto group = take_number<pid_t>(text);
  const auto session = take_number<pid_t>(text);
  if (!parent || !group || !session) return std::nullopt;
  stat.parent = *parent;
  stat.group = *group;
  stat.session = *session;
  for (int field = 7; field < 22; ++field) {
    const auto number = take_number<std::int64_t>(text);
    if (!number) return std::nullopt;
    if (field == 11) stat.had_children = *number > 0;
  }
  const auto start = take_number<std::uint64_t>(text);
  if (!start) return std::nullopt;
  stat.start_time = *start;
  return stat;
}

std::vector<pid_t> numbers_in(const std::string& folder) {
  std::vector<pid_t> numbers;
  const auto names = list_directory(folder);
  if (!names) return numbers;
  for (std::string_view name : *names) {
    const auto number = take_number<pid_t>(name);
    if (number && name.empty()) numbers.push_back(*number);
  }
  return numbers;
}

// For as long as it lives, this thread reads files as that user. Only root can; for others it does nothing.
class ReadingAs {
 public:
  ReadingAs(uid_t uid, gid_t gid) : gid_(::setfsgid(gid)), uid_(::setfsuid(uid)) {}
  ReadingAs(const ReadingAs&) = delete;
  ReadingAs& operator=(const ReadingAs&) = delete;
  ~ReadingAs() {
    ::setfsuid(static_cast<uid_t>(uid_));
    ::setfsgid(static_cast<gid_t>(gid_));
  }

 private:
  int gid_, uid_;
};

}  // namespace

std::optional<ProcessStat> process_stat(pid_t pid) {
  const auto text = read_file(fmt::format("/proc/{}/stat", pid), kMaxProcFile);
  return text ? parse_stat(*text) : std::nullopt;
}

std::vector<ProcessStat> all_processes() {
  std::vector<ProcessStat> all;
  for (const pid_t pid : numbers_in("/proc")) {
    if (const auto stat = process_stat(pid)) all.push_back(*stat);
  }
  return all;
}

std::vector<pid_t> children_of(pid_t pid, pid_t tid) {
  std::vector<pid_t> children;
  const auto threads = tid != 0 ? std::vector<pid_t>{tid} : numbers_in(fmt::format("/proc/{}/task", pid));
  for (const pid_t thread : threads) {
    const auto text = read_file(fmt::format("/proc/{}/task/{}/children", pid, thread), kMaxProcFile);
    if (!text && exists(fmt::format("/proc/{}/task/{}/stat", pid, thread))) {
      // A kernel without CONFIG_PROC_CHILDREN: it cannot tell threads apart, and asks every process.
      children.clear();
      for (const ProcessStat& stat : all_processes()) {
        if (stat.parent == pid) children.push_back(stat.pid);
      }
      return children;
    }
    if (!text) continue;
    std::string_view rest = *text;
    while (const auto child = take_number<pid_t>(rest))
      children.push_back(*child);
  }
  return children;
}

std::vector<ProcessStat> descendants_of(pid_t pid) {
  std::vector<ProcessStat> found;
  std::vector<pid_t> open = children_of(pid);
  while (!open.empty()) {
    const pid_t next = open.back();
    open.pop_back();
    const auto stat = process_stat(next);
    if (!stat) continue;
    found.push_back(*stat);
    const auto below = children_of(next);
    open.insert(open.end(), below.begin(), below.end());
  }
  return found;
}

bool carries(pid_t pid, std::string_view entry) {
  const std::string path = fmt::format("/proc/{}/environ", pid);
  auto environment = read_file(path, kMaxProcFile);
  if (!environment && ::geteuid() == 0) {
    struct stat status {};
    if (::stat(fmt::format("/proc/{}", pid).c_str(), &status) != 0 || status.st_uid == 0) return false;
    const ReadingAs user(status.st_uid, status.st_gid);
    environment = read_file(path, kMaxProcFile);
  }
  if (!environment) return false;
  std::string_view rest = *environment;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\0'), rest.size());
    if (rest.substr(0, end) == entry) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::uint64_t peak_memory_of(pid_t pid) {
  const auto text = read_file(fmt::format("/proc/{}/status", pid), kMaxProcFile);
  if (!text) return 0;
  constexpr std::string_view kKey = "\nVmHWM:";
  const auto at = text->find(kKey);
  if (at == std::string::npos) return 0;
  std::string_view rest = std::string_view(*text).substr(at + kKey.size());
  return take_number<std::uint64_t>(rest).value_or(0) * 1024;
}

int signal_process(const ProcessStat& process, int signal_number) {
  const base::UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!handle) return errno;
  // The handle names one process for good: if its start time is right now, it is the one that was meant.
  const auto now = process_stat(process.pid);
  if (!now || now->start_time != process.start_time) return ESRCH;
  return ::syscall(SYS_pidfd_send_signal, handle.get(), signal_number, nullptr, 0) == 0 ? 0 : errno;
}

std::uint64_t ticks_since_boot() {
  struct timespec now {};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return static_cast<std::uint64_t>(now.tv_sec) * per_second +
         static_cast<std::uint64_t>(now.tv_nsec) * per_second / 1'000'000'000;
}

}  // namespace fleet::os
