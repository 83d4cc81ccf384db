#include "git/beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include "git/path.h"

namespace fleet::git {
namespace {

using base::UniqueFd;

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// Makes an entry of ours usable whatever permissions were left on it. By a descriptor that was opened without
// following a symlink, through /proc because fchmod does not take such a descriptor.
void mend(int path_fd) {
  struct stat info {};
  if (::fstat(path_fd, &info) != 0 || (info.st_mode & 0700) == 0700) return;
  const std::string name = fmt::format("/proc/self/fd/{}", path_fd);
  (void)::chmod(name.c_str(), (info.st_mode & 07777) | 0700);  // when this fails, what comes next does
}

// The same for an open folder.
UniqueFd usable(UniqueFd folder) {
  struct stat info {};
  if (folder && ::fstat(folder.get(), &info) == 0 && (info.st_mode & 0700) != 0700) {
    (void)::fchmod(folder.get(), (info.st_mode & 07777) | 0700);
  }
  return folder;
}

// One part after the other: for kernels and sandboxes without openat2, and where permissions are missing.
UniqueFd open_step_by_step(int root, std::string_view path) {
  UniqueFd at(::openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  while (at && !path.empty()) {
    const std::string part(path.substr(0, path.find('/')));
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    at = UniqueFd(::openat(at.get(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (at) mend(at.get());
  }
  if (!at) return UniqueFd();
  return UniqueFd(::openat(at.get(), ".", kFolder));
}

UniqueFd open_at_once(int root, const std::string& path) {
  struct open_how how {};
  how.flags = kFolder;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

bool is_folder(int folder, const std::string& name) {
  struct stat info {};
  return ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

// Why a folder is not removed that is not empty, or that may not be looked into before it is mended.
bool may_hold_something(int error) {
  return error == ENOTEMPTY || error == EEXIST || error == EACCES;
}

// Empties folders that stand in one folder by moving what is not empty up into it, so that no level is deeper
// than the first.
class Emptier {
 public:
  explicit Emptier(const Root& root) : root_(root) {}

  Result<> run(std::vector<std::string> folders) {
    while (!folders.empty()) {
      const std::string name = std::move(folders.back());
      folders.pop_back();
      const UniqueFd folder = root_.open_folder(name);
      if (!folder) return base::fail_errno("remove the folder", (root_.path() / name).string(), errno);
      FLEET_TRY(const auto entries, read_folder(folder.get(), name));
      for (const FolderEntry& entry : entries) {
        FLEET_TRY(const bool gone, remove_simple(folder.get(), entry, name));
        if (gone) continue;
        FLEET_TRY(auto moved, move_up(folder.get(), entry.name, name));
        folders.push_back(std::move(moved));
      }
      if (::unlinkat(root_.fd(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
        return base::fail_errno("remove the folder", (root_.path() / name).string(), errno);
      }
    }
    return {};
  }

  // A new name in the root.
  Result<std::string> move_up(int folder, const std::string& name, std::string_view shown) {
    // A folder of ours that may not be written cannot be moved: its `..` changes.
    const UniqueFd moved(::openat(folder, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (moved) mend(moved.get());
    static std::atomic<std::uint64_t> counter = 0;
    while (true) {
      std::string to = fmt::format("removed-{}", ++counter);
      if (::syscall(SYS_renameat2, folder, name.c_str(), root_.fd(), to.c_str(), 1u /* RENAME_NOREPLACE */) ==
          0) {
        return to;
      }
      if (errno == EEXIST) continue;
      return base::fail_errno("remove the folder", fmt::format("{}/{}", shown, quote_path(name)), errno,
                              "fleet needs a workspace folder on a local file system that it may write");
    }
  }

 private:
  // Files and empty folders.
  Result<bool> remove_simple(int folder, const FolderEntry& entry, std::string_view shown) {
    const int flag = entry.type == DT_DIR ? AT_REMOVEDIR : 0;
    if (::unlinkat(folder, entry.name.c_str(), flag) == 0 || errno == ENOENT) return true;
    if (entry.type == DT_DIR && may_hold_something(errno)) return false;
    return base::fail_errno("remove", fmt::format("{}/{}", shown, quote_path(entry.name)), errno);
  }

  const Root& root_;
};

}  // namespace

Result<Root> Root::open(const std::filesystem::path& path) {
  return open(path, path);
}

Result<Root> Root::open(const std::filesystem::path& path, const std::filesystem::path& shown) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return base::fail_errno("open the folder", path.string(), errno);
  return Root(shown, std::move(fd));
}

UniqueFd Root::open_folder(std::string_view path) const {
  if (path.empty()) return usable(UniqueFd(::openat(fd_.get(), ".", kFolder)));
  static std::atomic<bool> has_openat2 = true;
  if (has_openat2) {
    UniqueFd opened = open_at_once(fd_.get(), std::string(path));
    if (opened) return usable(std::move(opened));
    if (errno == ENOSYS || errno == EPERM) {
      has_openat2 = false;
    } else if (errno != EACCES && errno != EAGAIN) {
      return opened;
    }
  }
  return usable(open_step_by_step(fd_.get(), path));
}

Root::Parent Root::open_parent(std::string_view path) const {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return {open_folder({}), std::string(path)};
  return {open_folder(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

Result<UniqueFd> Root::make_folder(std::string_view path) const {
  if (UniqueFd there = open_folder(path)) return there;
  UniqueFd at = open_folder({});
  std::string_view rest = path;
  while (at && !rest.empty()) {
    const std::string part(rest.substr(0, rest.find('/')));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    bool made = ::mkdirat(at.get(), part.c_str(), 0777) == 0;
    if (!made && errno == EEXIST && !is_folder(at.get(), part)) {
      if (::unlinkat(at.get(), part.c_str(), 0) != 0 && errno != ENOENT) break;
      made = ::mkdirat(at.get(), part.c_str(), 0777) == 0;
    }
    if (!made && errno != EEXIST) break;
    at = UniqueFd(::openat(at.get(), part.c_str(), kFolder));
  }
  if (!at || !rest.empty()) return base::fail_errno("make the folder", (path_ / path).string(), errno);
  return at;
}

Result<> Root::remove(std::string_view path, const Root& trash) const {
  const Parent parent = open_parent(path);
  if (!parent.folder) return {};  // what should hold it is gone, or no folder: so it is not there
  if (::unlinkat(parent.folder.get(), parent.name.c_str(), 0) == 0 || errno == ENOENT) return {};
  const int why = errno;  // before another look changes it
  if (!is_folder(parent.folder.get(), parent.name)) {
    return base::fail_errno("remove", (path_ / path).string(), why);
  }
  if (::unlinkat(parent.folder.get(), parent.name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
  if (!may_hold_something(errno))
    return base::fail_errno("remove the folder", (path_ / path).string(), errno);
  Emptier emptier(trash);
  FLEET_TRY(auto moved,
            emptier.move_up(parent.folder.get(), parent.name, (path_ / path).parent_path().string()));
  return emptier.run({std::move(moved)});
}

Result<> Root::empty() const {
  FLEET_TRY(const auto entries, read_folder(fd_.get(), ""));
  std::vector<std::string> folders;
  for (const FolderEntry& entry : entries) {
    if (entry.type == DT_DIR) {
      folders.push_back(entry.name);
    } else if (::unlinkat(fd_.get(), entry.name.c_str(), 0) != 0 && errno != ENOENT) {
      return base::fail_errno("remove", (path_ / entry.name).string(), errno);
    }
  }
  return Emptier(*this).run(std::move(folders));
}

Result<std::vector<FolderEntry>> read_folder(int fd, std::string_view path) {
  const int copy = ::openat(fd, ".", kFolder);  // closedir closes it; also starts from the first entry
  if (copy < 0) return base::fail_errno("list the folder", std::string(path), errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::fdopendir(copy), ::closedir);
  std::vector<FolderEntry> out;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    unsigned char type = entry->d_type;
    if (type == DT_UNKNOWN) {
      struct stat info {};
      if (::fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0)
        type = static_cast<unsigned char>(IFTODT(info.st_mode));
    }
    out.push_back({std::string(name), type});
  }
  if (errno != 0) return base::fail_errno("list the folder", std::string(path), errno);
  return out;
}

UniqueFd open_file(int folder, const std::string& name) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  UniqueFd file(::openat(folder, name.c_str(), kFlags));
  if (file || errno != EACCES) return file;
  const UniqueFd entry(::openat(folder, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!entry || ::fstat(entry.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    errno = EACCES;
    return file;
  }
  mend(entry.get());
  return UniqueFd(::openat(folder, name.c_str(), kFlags));
}

bool remove_empty_file(const std::filesystem::path& file) {
  struct stat info {};
  return ::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0 &&
         ::unlink(file.c_str()) == 0;
}

Result<> write_all(int fd, std::string_view bytes, const std::string& shown) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return base::fail_errno("write", shown, errno, "check that the disk is not full");
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

}  // namespace fleet::git
