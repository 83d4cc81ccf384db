#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"
#include "model/attempt.h"
#include "os/process.h"

namespace fleet::os {

// Inside the room: a program that runs, and our ends of what it is connected to.
struct Spawned {
  pid_t pid = 0;
  model::ProcessIdentity identity;
  base::UniqueFd handle;  // a pidfd: readable when it has ended
  base::UniqueFd out;     // not blocking
  base::UniqueFd err;
  // What the kernel counts as its peak memory before it ran: ours, since it shared our memory until its exec.
  std::uint64_t peak_at_start = 0;
};

// Starts it. Blocks the calling thread, for about 0.3 ms, until it runs or is known not to. The program is
// killed when the calling thread ends. Any thread.
[[nodiscard]] Result<Spawned> spawn(const ProcessSpec& spec);

}  // namespace fleet::os
