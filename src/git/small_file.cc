#include "git/small_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/unique_fd.h"

namespace fleet::git {

Result<std::string> read_small_file(const std::filesystem::path& path, std::uint64_t largest,
                                    const char* what_to_do) {
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) return std::string();
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) return base::fail_errno("read", path.string(), errno);
  std::string text;
  if (!S_ISREG(info.st_mode)) return text;
  if (static_cast<std::uint64_t>(info.st_size) > largest) {
    return base::fail_input("read", path.string(),
                            fmt::format("{} bytes, more than the {} that are taken", info.st_size, largest),
                            what_to_do);
  }
  std::array<char, 4096> bytes;
  for (;;) {
    const ssize_t count = ::read(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::fail_errno("read", path.string(), errno);
    if (count == 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace fleet::git
