#include "store/copy_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace fleet::store {
namespace {

using base::UniqueFd;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::string copying(const std::filesystem::path& from) {
  return "copy " + from.string() + " to";
}

Result<> copy_bytes(int from, int to, std::uint64_t size, const std::filesystem::path& source,
                    const std::filesystem::path& target) {
  while (size > 0) {
    const ssize_t sent = ::sendfile(to, from, nullptr, std::min<std::uint64_t>(size, 1 << 30));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return base::fail_errno(copying(source), target.string(), errno);
    if (sent == 0) return {};  // it was cut short meanwhile
    size -= static_cast<std::uint64_t>(sent);
  }
  return {};
}

// A folder that is being copied, by descriptors: no name is followed twice, so nothing can be swapped for a
// link in between.
class FolderCopy {
 public:
  FolderCopy(const CopyLimits& limits, Links links) : left_(limits), links_(links) {}

  Result<> copy(int from_at, const char* name, const std::filesystem::path& from,
                const std::filesystem::path& to) {
    UniqueFd fd(::openat(from_at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return base::fail_errno("read the folder", from.string(), errno);
    if (::mkdir(to.c_str(), 0777) != 0 && errno != EEXIST)
      return base::fail_errno("make the folder", to.string(), errno);
    const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(fd.get()));
    if (!folder) return base::fail_errno("read the folder", from.string(), errno);
    const int at = fd.release();  // the folder's from here on
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(folder.get());
      if (!entry) break;
      const std::string_view entry_name = entry->d_name;
      if (entry_name == "." || entry_name == "..") continue;
      FLEET_CHECK(copy_entry(at, entry->d_name, from / entry_name, to / entry_name));
    }
    if (errno != 0) return base::fail_errno("read the folder", from.string(), errno);
    return {};
  }

  Result<std::uint64_t> copy_file(int from_at, const char* name, const std::filesystem::path& from,
                                  const std::filesystem::path& to) {
    // Not blocking: a pipe would wait for a writer before it could be refused.
    const UniqueFd source(::openat(from_at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!source && errno == ELOOP) return refuse(from, "it is a link");
    if (!source) return base::fail_errno("read", from.string(), errno);
    struct stat status {};
    if (::fstat(source.get(), &status) != 0) return base::fail_errno("read", from.string(), errno);
    if (!S_ISREG(status.st_mode)) return refuse(from, "it is not a plain file");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > left_.bytes) return refuse(from, fmt::format("only {} bytes more are taken", left_.bytes));
    if (left_.files == 0) return refuse(from, "there are too many files");
    left_.bytes -= size;
    --left_.files;
    const UniqueFd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0777));
    if (!target) return base::fail_errno(copying(from), to.string(), errno);
    FLEET_CHECK(copy_bytes(source.get(), target.get(), size, from, to));
    return size;
  }

 private:
  Result<> copy_entry(int at, const char* name, const std::filesystem::path& from,
                      const std::filesystem::path& to) {
    struct stat status {};
    if (::fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
      return base::fail_errno("read", from.string(), errno);
    const bool ordinary = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
    if (!ordinary && links_ == Links::keep)
      return S_ISLNK(status.st_mode) ? copy_link(at, name, from, to) : Result<>();
    if (!S_ISDIR(status.st_mode)) {
      FLEET_CHECK(copy_file(at, name, from, to));
      return {};
    }
    if (left_.depth == 0) return refuse(from, "folders are nested too deeply");
    if (left_.files == 0) return refuse(from, "there are too many files");
    --left_.files;
    --left_.depth;
    Result<> copied = copy(at, name, from, to);
    ++left_.depth;
    return copied;
  }

  Result<> copy_link(int at, const char* name, const std::filesystem::path& from,
                     const std::filesystem::path& to) {
    if (left_.files == 0) return refuse(from, "there are too many files");
    --left_.files;
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(at, name, target.data(), target.size() - 1);
    if (size < 0) return base::fail_errno("read", from.string(), errno);
    if (::symlink(target.data(), to.c_str()) != 0) return base::fail_errno(copying(from), to.string(), errno);
    return {};
  }

  static tl::unexpected<Error> refuse(const std::filesystem::path& from, std::string why) {
    return base::fail_input("take", from.string(), std::move(why));
  }

  CopyLimits left_;
  Links links_;
};

}  // namespace

Result<std::uint64_t> copy_plain_file(const std::filesystem::path& from, const std::filesystem::path& to,
                                      std::uint64_t max_bytes) {
  CopyLimits limits;
  limits.bytes = max_bytes;
  return FolderCopy(limits, Links::refuse).copy_file(AT_FDCWD, from.c_str(), from, to);
}

Result<> copy_folder(const std::filesystem::path& from, const std::filesystem::path& to, Links links,
                     const CopyLimits& limits) {
  struct stat status {};
  if (::lstat(from.c_str(), &status) != 0 && errno == ENOENT) {
    if (::mkdir(to.c_str(), 0777) != 0 && errno != EEXIST)
      return base::fail_errno("make the folder", to.string(), errno);
    return {};
  }
  return FolderCopy(limits, links).copy(AT_FDCWD, from.c_str(), from, to);
}

Result<> sync_file_system(const std::filesystem::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::syncfs(fd.get()) != 0) return base::fail_errno("write", folder.string(), errno);
  return {};
}

Result<> write_file_atomically(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::path partial = file;
  partial += ".partial";
  UniqueFd fd(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!fd) return base::fail_errno("write", partial.string(), errno);
  while (!content.empty()) {
    const ssize_t written = ::write(fd.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::fail_errno("write", partial.string(), errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd.get()) != 0) return base::fail_errno("write", partial.string(), errno);
  fd.reset();
  if (std::rename(partial.c_str(), file.c_str()) != 0) return base::fail_errno("write", file.string(), errno);
  const UniqueFd folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return base::fail_errno("write", file.string(), errno);
  return {};
}

}  // namespace fleet::store
