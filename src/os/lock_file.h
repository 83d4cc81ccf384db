#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace fleet::os {

// Held by one open file description at a time (flock(2)), and let go by the kernel when its process ends,
// however it ends. Programs that we start do not inherit it. The file stays and holds the holder's pid, for
// people.
class LockFile {
 public:
  // Fails at once when somebody holds it, with the holder's pid in `why`. `tried` is for the message: "start
  // the run r-12".
  [[nodiscard]] static Result<LockFile> acquire(const std::string& path, const std::string& tried);

 private:
  explicit LockFile(base::UniqueFd fd) : fd_(std::move(fd)) {}
  base::UniqueFd fd_;
};

}  // namespace fleet::os
