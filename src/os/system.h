#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "base/result.h"

// What this machine, or the container that we are in, gives us.
namespace fleet::os {

// How many threads can run at once: the smaller of affinity and the cgroup's CPU quota (v1 or v2), rounded
// up; at least 1.
[[nodiscard]] unsigned usable_cores();

// Bytes: the smaller of the machine's memory and the cgroup's limit.
[[nodiscard]] std::uint64_t memory_limit();

struct HostInfo {
  std::string name;
  std::string system;   // Linux
  std::string kernel;   // 6.1.0-18-amd64
  std::string machine;  // x86_64
};
[[nodiscard]] HostInfo host_info();

struct TerminalSize {
  int columns = 0;
  int rows = 0;
};
// Nothing when it is no terminal, or one that does not tell.
[[nodiscard]] std::optional<TerminalSize> terminal_size(int fd);
[[nodiscard]] bool is_terminal(int fd);

// Lets this process open as many files as it may ever: a running program takes three. Programs that Processes
// starts get the old limit, since some count up to it. Before threads.
void raise_open_file_limit();
// The soft limit before it was raised; nothing when it never was.
[[nodiscard]] std::optional<std::uint64_t> original_open_file_limit();

// Whether the calling thread has all of these (CAP_...), in effect.
[[nodiscard]] bool has_capabilities(std::initializer_list<int> wanted);

// Nobody of our uid may trace this process or read its memory and environment, where keys are (prctl(2),
// PR_SET_DUMPABLE). No core dumps either.
void hide_own_memory();

}  // namespace fleet::os
