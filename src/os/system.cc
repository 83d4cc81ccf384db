#include "os/system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <thread>
#include <vector>

#include "os/files.h"

namespace fleet::os {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> number_in_file(const std::string& path) {
  const auto text = read_file(path, 4096);
  return text ? number_in(*text) : std::nullopt;
}

// The folders of our cgroup and of all above it, for one controller of version 1, or for version 2 when it is
// empty. In a container the paths of /proc/self/cgroup may be those of the host: what is not there is
// skipped.
std::vector<std::string> cgroup_folders(std::string_view controller) {
  std::vector<std::string> folders;
  const auto text = read_file("/proc/self/cgroup", 64 * 1024);
  if (!text) return folders;
  std::string_view rest = *text;
  while (!rest.empty()) {  // hierarchy:controllers:path
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto first = line.find(':');
    const auto second = line.find(':', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    const bool matches = controller.empty()
                             ? controllers == ",,"
                             : controllers.find(fmt::format(",{},", controller)) != std::string::npos;
    if (!matches) continue;
    const std::string root =
        controller.empty() ? "/sys/fs/cgroup" : fmt::format("/sys/fs/cgroup/{}", controller);
    std::string path(line.substr(second + 1));
    while (!path.empty() && path != "/") {
      folders.push_back(root + path);
      path.resize(path.find_last_of('/'));
    }
    folders.push_back(root);
  }
  return folders;
}

// In cores; nothing when there is no quota.
std::optional<double> cpu_quota() {
  std::optional<double> smallest;
  const auto offer = [&](double quota, double period) {
    if (quota > 0 && period > 0) smallest = std::min(smallest.value_or(quota / period), quota / period);
  };
  for (const std::string& folder : cgroup_folders("")) {
    const auto text = read_file(folder + "/cpu.max", 4096);  // "max 100000" or "150000 100000"
    if (!text) continue;
    const auto quota = number_in(*text);
    const auto period =
        number_in(std::string_view(*text).substr(std::min(text->find(' '), text->size() - 1) + 1));
    if (quota && period) offer(static_cast<double>(*quota), static_cast<double>(*period));
  }
  for (const std::string& folder : cgroup_folders("cpu")) {
    const auto quota = number_in_file(folder + "/cpu.cfs_quota_us");  // -1: none
    const auto period = number_in_file(folder + "/cpu.cfs_period_us");
    if (quota && period) offer(static_cast<double>(*quota), static_cast<double>(*period));
  }
  return smallest;
}

std::optional<std::uint64_t> open_files_before;  // written before threads exist

}  // namespace

unsigned usable_cores() {
  unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    cores = std::max(1U, static_cast<unsigned>(CPU_COUNT(&set)));
  if (const auto quota = cpu_quota())
    cores = std::min(cores, std::max(1U, static_cast<unsigned>(std::ceil(*quota))));
  return cores;
}

std::uint64_t memory_limit() {
  auto limit = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES))) *
               static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
  const auto offer = [&](std::optional<std::uint64_t> bound) {
    if (bound && *bound > 0) limit = std::min(limit, *bound);
  };
  for (const std::string& folder : cgroup_folders(""))
    offer(number_in_file(folder + "/memory.max"));
  for (const std::string& folder : cgroup_folders("memory"))
    offer(number_in_file(folder + "/memory.limit_in_bytes"));
  return limit;
}

HostInfo host_info() {
  struct utsname name {};
  if (::uname(&name) != 0) return {};
  return {name.nodename, name.sysname, name.release, name.machine};
}

std::optional<TerminalSize> terminal_size(int fd) {
  struct winsize size {};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return TerminalSize{size.ws_col, size.ws_row};
}

bool is_terminal(int fd) {
  return ::isatty(fd) == 1;
}

void raise_open_file_limit() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  const auto before = limit.rlim_cur;
  // A hard limit without bound would make every table of descriptors that is sized by it enormous.
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 1 << 20);
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0 && !open_files_before) open_files_before = before;
}

std::optional<std::uint64_t> original_open_file_limit() {
  return open_files_before;
}

bool has_capabilities(std::initializer_list<int> wanted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  for (const int capability : wanted) {
    if (((data[static_cast<unsigned>(capability) / 32].effective >> (capability % 32)) & 1) == 0)
      return false;
  }
  return true;
}

void hide_own_memory() {
#ifndef FLEET_FINDS_LEAKS  // whose search for leaks traces this process
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}  // namespace fleet::os
