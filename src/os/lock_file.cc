#include "os/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "os/errors.h"
#include "os/files.h"

namespace fleet::os {

Result<LockFile> LockFile::acquire(const std::string& path, const std::string& tried) {
  base::UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) return fail_system(tried + ": open its lock", path, errno);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return fail_system(tried + ": lock", path, errno);
    const auto holder = read_file(path, 64);
    const std::string pid = holder ? holder->substr(0, holder->find('\n')) : std::string();
    return base::fail_world(tried, "",
                            pid.empty() ? "another fleet holds " + path
                                        : fmt::format("another fleet (process {}) holds {}", pid, path),
                            "wait until that one has ended, or end it");
  }
  if (::ftruncate(file.get(), 0) != 0) return fail_system(tried + ": write", path, errno);
  FLEET_CHECK(write_all(file.get(), fmt::format("{}\n", ::getpid()), path));
  return LockFile(std::move(file));
}

}  // namespace fleet::os
