#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Inside the room: what /proc says about processes (proc(5)). All of it may be out of date when it is read: a
// signal goes through signal_process(), which looks again.
namespace fleet::os {

struct ProcessStat {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  std::uint64_t start_time = 0;  // field 22: ticks since boot
  char state = '?';
  bool had_children = false;  // that it has waited for, and that touched memory (field 11)
  [[nodiscard]] bool is_dead() const { return state == 'Z' || state == 'X'; }
};

// Nothing when there is no such process (any more).
[[nodiscard]] std::optional<ProcessStat> process_stat(pid_t pid);
[[nodiscard]] std::vector<ProcessStat> all_processes();

// Children of one thread of a process (of all its threads: tid 0), without grandchildren.
[[nodiscard]] std::vector<pid_t> children_of(pid_t pid, pid_t tid = 0);
// All below it, without itself. Those whose parents have ended hang below the subreaper instead.
[[nodiscard]] std::vector<ProcessStat> descendants_of(pid_t pid);

// Its environment as it was at its last exec has exactly this entry, NAME=value. Root looks with the eyes of
// the process's user, since a container's root has no CAP_SYS_PTRACE.
[[nodiscard]] bool carries(pid_t pid, std::string_view entry);

// The most memory it ever had resident, in bytes; 0 when it is gone.
[[nodiscard]] std::uint64_t peak_memory_of(pid_t pid);

// To this very process, never to another that was given its number. 0, or an errno.
int signal_process(const ProcessStat& process, int signal_number);

// Now, in the unit of ProcessStat::start_time.
[[nodiscard]] std::uint64_t ticks_since_boot();

}  // namespace fleet::os
