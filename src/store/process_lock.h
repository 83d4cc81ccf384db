#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace fleet::store {

// Who holds a lock. The pid is of the process' own namespace: in a container it is not the host's.
struct LockHolder {
  std::int32_t pid = 0;  // 0: not known
  std::string host;
};

// Whether its process is one that a signal from here may reach.
[[nodiscard]] bool is_on_this_host(const LockHolder& holder);

// One process at a time drives a run, and one uses a folder for workspaces. Held until the object is
// destroyed or the process ends, however it ends: an open file description lock (fcntl(2), F_OFD_SETLK) on a
// lock file, which programs that are started do not inherit. The file itself stays; only who holds the
// lock may remove it.
class ProcessLock {
 public:
  // An Error that says who has it, when another process does. `tried`, for that: "drive the run r-12".
  [[nodiscard]] static Result<ProcessLock> take(const std::filesystem::path& file, const std::string& tried);

 private:
  explicit ProcessLock(base::UniqueFd fd) : fd_(std::move(fd)) {}
  base::UniqueFd fd_;
};

// Who holds the lock now; nothing when nobody does. Only looks: it never makes a take() elsewhere fail.
[[nodiscard]] std::optional<LockHolder> lock_holder(const std::filesystem::path& file);

}  // namespace fleet::store
