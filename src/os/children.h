#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "base/sync.h"
#include "os/process_tree.h"

// Inside the room: which children of this process are programs that we started, and which are orphans that
// the kernel gave us as their subreaper (or as PID 1). One for the whole process, since children belong to
// it. Any thread.
namespace fleet::os {

struct Reaped {
  int status = 0;  // as wait4(2) gives it
  rusage usage{};
};

class Children {
 public:
  static Children& instance();

  // Runs `spawn`, which answers with a pid or something below 0, and knows the pid as ours before anybody can
  // take it for an orphan.
  template <class Spawn>
  pid_t add(Spawn spawn) {
    const std::shared_lock gate(gate_);
    const pid_t pid = spawn();
    if (pid > 0) leaders_.lock()->insert(pid);
    return pid;
  }
  // Takes the status of a program that ended, and forgets it. Nothing while it runs.
  [[nodiscard]] std::optional<Reaped> reap(pid_t leader);
  [[nodiscard]] bool any() { return !leaders_.lock()->empty(); }

  // Processes below a program whose parents have ended. Not our own session: our leaders each have their own,
  // so whatever is in ours was started by other means. Not what was there before us.
  [[nodiscard]] std::vector<ProcessStat> orphans();
  // Of an orphan that is dead. Nothing when it is not.
  [[nodiscard]] std::optional<Reaped> reap_orphan(pid_t pid);

 private:
  Children();
  std::shared_mutex gate_;  // shared while spawning, exclusive while telling children apart
  base::Sync<std::unordered_set<pid_t>> leaders_;
  std::uint64_t since_;
};

}  // namespace fleet::os
