#include "os/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#include "base/unique_fd.h"

namespace fleet::os {
namespace {

using base::UniqueFd;

std::string parent_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Removes a file that was not finished, unless it is told that it was.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  void finished() { path_.clear(); }

 private:
  std::string path_;
};

// O_NONBLOCK: a named pipe that somebody put there must not stop us for ever.
constexpr int kReading = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

Result<std::string> read_open(const UniqueFd& file, const struct stat& status, const std::string& path,
                              std::uint64_t max_bytes) {
  if (!S_ISREG(status.st_mode)) return base::fail_input("read", path, "it is not a regular file");
  std::string bytes;
  const auto too_long = [&] {
    return base::fail_input("read", path, fmt::format("it is longer than {} bytes", max_bytes));
  };
  if (static_cast<std::uint64_t>(status.st_size) > max_bytes) return too_long();
  bytes.reserve(static_cast<std::size_t>(status.st_size) + 1);
  for (;;) {  // files under /proc say that they are empty, and others may grow meanwhile
    const std::size_t had = bytes.size();
    bytes.resize(std::max<std::size_t>(bytes.capacity(), had + 4096));
    const ssize_t count = ::read(file.get(), bytes.data() + had, bytes.size() - had);
    bytes.resize(had + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::fail_errno("read", path, errno);
    if (bytes.size() > max_bytes) return too_long();
    if (count == 0) return bytes;
  }
}

std::optional<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::optional<std::string>(real.get()) : std::nullopt;
}

bool is_below(std::string root, const std::string& path) {
  if (root.back() != '/') root += '/';
  return path.compare(0, root.size(), root) == 0;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes) {
  const UniqueFd file(::open(path.c_str(), kReading));
  if (!file && errno == ELOOP) return base::fail_input("read", path, "its symlinks lead in a circle");
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return base::fail_errno("read", path, errno);
  return read_open(file, status, path, max_bytes);
}

Result<std::string> read_file_of(std::uint32_t owner, const std::string& path, std::uint64_t max_bytes) {
  const UniqueFd file(::open(path.c_str(), kReading | O_NOFOLLOW));
  if (!file && errno == ELOOP) return base::fail_world("read", path, "it is a symlink");
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return base::fail_errno("read", path, errno);
  if (S_ISREG(status.st_mode) && (status.st_uid != owner || status.st_nlink > 1)) {
    return base::fail_world("read", path,
                            status.st_nlink > 1 ? "it has another name too" : "it belongs to somebody else");
  }
  return read_open(file, status, path, max_bytes);
}

Result<std::string> read_file_below(const std::string& root, const std::string& path,
                                    std::uint64_t max_bytes) {
  const std::string whole = root + "/" + path;
  const UniqueFd file(::open(whole.c_str(), kReading));
  if (!file && errno == ELOOP) return base::fail_input("read", whole, "its symlinks lead in a circle");
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return base::fail_errno("read", whole, errno);
  // Of what was opened, which a name that is looked up again need not be.
  std::string real(PATH_MAX, '\0');
  const ssize_t size =
      ::readlink(fmt::format("/proc/self/fd/{}", file.get()).c_str(), real.data(), real.size());
  const auto top = real_path(root);
  if (size < 0 || !top) return base::fail_errno("find out where it lies", whole, errno);
  real.resize(static_cast<std::size_t>(size));
  if (!is_below(*top, real)) {
    return base::fail_input("read", whole, "it is a symlink that leads out of " + root,
                            "put the file itself there");
  }
  return read_open(file, status, whole, max_bytes);
}

bool leads_below(const std::string& root, const std::string& path) {
  const auto real = real_path(root + "/" + path), top = real_path(root);
  return real && top && is_below(*top, *real);
}

Result<> make_file(const std::string& path, std::uint32_t mode) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) return base::fail_errno("make the file", path, errno);
  return {};
}

Result<> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::fail_errno("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<> write_file_atomically(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  std::string beside = path + ".fleet-XXXXXX";
  UniqueFd file(::mkostemp(beside.data(), O_CLOEXEC));
  if (!file) return base::fail_errno("write", path, errno);
  Unfinished unfinished(beside);
  FLEET_CHECK(write_all(file.get(), bytes, path));
  if (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0)
    return base::fail_errno("write", path, errno);
  if (::close(file.release()) != 0) return base::fail_errno("write", path, errno);
  if (::rename(beside.c_str(), path.c_str()) != 0) return base::fail_errno("write", path, errno);
  unfinished.finished();

  const UniqueFd folder(::open(parent_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a folder (EINVAL); there the rename is as durable as it gets.
  if (folder && ::fsync(folder.get()) != 0 && errno != EINVAL) return base::fail_errno("write", path, errno);
  return {};
}

Result<> make_directories(const std::string& path, std::uint32_t mode) {
  if (::mkdir(path.c_str(), mode) == 0 || (errno == EEXIST && is_directory(path))) return {};
  if (errno != ENOENT || path.empty()) return base::fail_errno("make the folder", path, errno);
  std::string without_slash = path;
  while (without_slash.size() > 1 && without_slash.back() == '/')
    without_slash.pop_back();
  FLEET_CHECK(make_directories(parent_of(without_slash), mode));
  if (::mkdir(path.c_str(), mode) == 0 || (errno == EEXIST && is_directory(path))) return {};
  return base::fail_errno("make the folder", path, errno);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<std::vector<std::string>> list_directory(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) return base::fail_errno("list", path, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(folder);
  if (error != 0) return base::fail_errno("list", path, error);
  std::sort(names.begin(), names.end());
  return names;
}

Result<> use_files_as(UserId user) {
  ::setfsgid(user.gid);
  ::setfsuid(user.uid);
  // They say what was before, never whether it worked; ~0 changes nothing.
  constexpr auto kNobody = ~0U;
  if (static_cast<std::uint32_t>(::setfsuid(kNobody)) == user.uid &&
      static_cast<std::uint32_t>(::setfsgid(kNobody)) == user.gid) {
    return {};
  }
  return base::fail_world("use files as the user", std::to_string(user.uid), "the kernel refuses it",
                          "run fleet as that user");
}

Result<UserId> owner_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return base::fail_errno("find the owner of", path, errno);
  return UserId{status.st_uid, status.st_gid};
}

Result<std::uint64_t> free_disk_space(const std::string& path) {
  struct statvfs status {};
  while (::statvfs(path.c_str(), &status) != 0) {
    if (errno != EINTR) return base::fail_errno("ask for the free space of", path, errno);
  }
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

std::optional<std::string> executable_on_path(const std::string& name, std::string_view path_variable) {
  const auto can_run = [](const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
  };
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) return can_run(name) ? std::optional(name) : std::nullopt;
  while (!path_variable.empty()) {
    const auto colon = std::min(path_variable.find(':'), path_variable.size());
    const auto folder = path_variable.substr(0, colon);
    path_variable.remove_prefix(std::min(colon + 1, path_variable.size()));
    // An empty entry means the current folder: nobody who writes `a::b` wants to run what lies there.
    if (folder.empty()) continue;
    std::string candidate = fmt::format("{}/{}", folder, name);
    if (can_run(candidate)) return candidate;
  }
  return std::nullopt;
}

Result<std::string> own_executable() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size < 0) return base::fail_errno("find this program's own file", "/proc/self/exe", errno);
  path.resize(static_cast<std::size_t>(size));
  return path;
}

Result<TemporaryDirectory> TemporaryDirectory::create(const std::string& parent, const std::string& prefix) {
  std::string where = parent;
  if (where.empty()) {
    const char* variable = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nothing sets it
    where = variable != nullptr && *variable == '/' ? variable : "/tmp";
  }
  std::string path = where + "/" + prefix + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return base::fail_errno("make a temporary folder in", where, errno);
  return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::~TemporaryDirectory() {
  if (!path_.empty()) static_cast<void>(remove_tree(path_));
}

}  // namespace fleet::os
