#pragma once

#include <cstdint>
#include <vector>

#include "os/sandbox.h"

// Inside the room: a seccomp filter (seccomp(2)) for what Landlock does not see, in classic BPF as the kernel
// takes it.
namespace fleet::os {

// Whether there is a filter for the machine this was built for (x86-64, ARM64).
[[nodiscard]] bool has_system_call_filter();

// Refuses, with an errno:
// - always: the resource limits of other processes, kernel keyrings
// - before Landlock's ABI 3: truncating by path; before ABI 6: signals to `protected_pid`, its group and to
// all
// - network off: sockets of any kind, io_uring
// Programs of another architecture (32 bit) get ENOSYS for everything.
[[nodiscard]] std::vector<FilterInstruction> system_call_filter(Network network, int landlock_abi,
                                                                std::int32_t protected_pid,
                                                                std::int32_t protected_group);

}  // namespace fleet::os
