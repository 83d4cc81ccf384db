#include "store/process_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

namespace fleet::store {
namespace {

// The whole file, however long it is.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// `<pid> <host>`; anything else is nobody that is known.
LockHolder read_holder(int fd) {
  std::array<char, 512> bytes{};
  const ssize_t size = ::pread(fd, bytes.data(), bytes.size(), 0);
  std::string_view text(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  text = text.substr(0, text.find('\n'));
  LockHolder holder;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), holder.pid);
  if (error != std::errc{} || end == text.data() + text.size() || *end != ' ') return {};
  holder.host = text.substr(static_cast<std::size_t>(end - text.data()) + 1);
  return holder;
}

bool is_removed(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_nlink == 0;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace

bool is_on_this_host(const LockHolder& holder) {
  return holder.pid > 0 && holder.host == host_name();
}

Result<ProcessLock> ProcessLock::take(const std::filesystem::path& file, const std::string& tried) {
  base::UniqueFd fd;
  do {
    fd.reset(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd)
      return base::fail_errno(tried, file.string(), errno, "`--state DIR` keeps the state in another place");
    struct flock lock = whole_file();
    if (::fcntl(fd.get(), F_OFD_SETLK, &lock) == 0) continue;
    if (errno != EAGAIN && errno != EACCES) return base::fail_errno(tried, file.string(), errno);
    const LockHolder holder = read_holder(fd.get());
    const std::string who =
        holder.pid > 0 ? fmt::format("process {} on {}", holder.pid, holder.host) : "another process";
    return base::fail_input(tried, {}, fmt::format("{} holds its lock, {}", who, file.string()),
                            "wait until it ends, or end it: the run can then be resumed");
  } while (is_removed(fd.get()));  // by whom held it, after we had opened it
  const std::string text = fmt::format("{} {}\n", ::getpid(), host_name());
  // Only for people: without it, the lock holds all the same.
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), text.data(), text.size(), 0) < 0) errno = 0;
  return ProcessLock(std::move(fd));
}

std::optional<LockHolder> lock_holder(const std::filesystem::path& file) {
  const base::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return std::nullopt;
  struct flock lock = whole_file();
  if (::fcntl(fd.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return read_holder(fd.get());
}

}  // namespace fleet::store
