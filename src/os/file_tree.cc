#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "base/unique_fd.h"
#include "os/files.h"

// What walks whole trees, which tasks may have filled: with symlinks, folders without permissions, and
// nesting past any limit. Everything goes through descriptors of folders that were opened without following
// links.
namespace fleet::os {
namespace {

using base::UniqueFd;

constexpr int kMaxNesting = 64;  // folders open at once

struct CloseDirectory {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

bool is_dot(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

// Opens a folder for its owner, also when its mode forbids it. Through /proc, since there is no fchmodat that
// never follows.
UniqueFd open_folder(int parent, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd folder(::openat(parent, name, kFlags));
  if (folder || errno != EACCES) return folder;
  const UniqueFd place(::openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!place) return {};
  if (::chmod(fmt::format("/proc/self/fd/{}", place.get()).c_str(), 0700) != 0) {
    errno = EACCES;
    return {};
  }
  return UniqueFd(::openat(parent, name, kFlags));
}

class Remover {
 public:
  Remover(std::string path, int top) : path_(std::move(path)), top_(top) {}

  Result<> empty_top() {
    do {
      moved_up_ = false;
      UniqueFd again(::openat(top_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!again) return base::fail_errno("remove", path_, errno);
      FLEET_CHECK(empty(std::move(again), 1));
    } while (moved_up_);
    return {};
  }

 private:
  Result<> empty(UniqueFd fd, int nesting) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return base::fail_errno("remove", path_, errno);
    // Entries can only be removed from a folder that is open for writing.
    if ((status.st_mode & S_IRWXU) != S_IRWXU) ::fchmod(fd.get(), 0700);
    const int folder = fd.get();
    const Directory entries(::fdopendir(fd.release()));
    if (!entries) return base::fail_errno("remove", path_, errno);
    for (bool removed_some = true; removed_some;) {  // removing while reading may skip entries
      removed_some = false;
      ::rewinddir(entries.get());
      while (const dirent* entry = ::readdir(entries.get())) {
        if (is_dot(entry->d_name)) continue;
        FLEET_TRY(const bool removed, remove_entry(folder, entry->d_name, nesting));
        removed_some = removed_some || removed;
      }
    }
    return {};
  }

  // False: it was moved up into the top folder, or is there waiting for its turn.
  Result<bool> remove_entry(int folder, const char* name, int nesting) {
    if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR && errno != EPERM)
      return base::fail_errno("remove", fmt::format("{} in {}", name, path_), errno);
    if (::unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    if (errno == EBUSY) {
      return base::fail_world("remove", fmt::format("{} in {}", name, path_),
                              "another file system is mounted there", "unmount that first");
    }
    if (errno != ENOTEMPTY && errno != EEXIST && errno != EACCES) {
      return base::fail_errno("remove", fmt::format("{} in {}", name, path_), errno);
    }
    if (nesting >= kMaxNesting) {
      const std::string above = fmt::format(".fleet-nested-{}", ++moved_);
      if (::renameat(folder, name, top_, above.c_str()) != 0) return base::fail_errno("remove", path_, errno);
      moved_up_ = true;
      return true;
    }
    UniqueFd child = open_folder(folder, name);
    if (!child) return base::fail_errno("remove", fmt::format("{} in {}", name, path_), errno);
    FLEET_CHECK(empty(std::move(child), nesting + 1));
    if (::unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT) {
      return base::fail_errno("remove", fmt::format("{} in {}", name, path_), errno);
    }
    return true;
  }

  std::string path_;
  int top_;
  bool moved_up_ = false;
  unsigned moved_ = 0;
};

}  // namespace

Result<> remove_tree(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return base::fail_errno("remove", path, errno);
  }
  if (!S_ISDIR(status.st_mode)) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return base::fail_errno("remove", path, errno);
    return {};
  }
  const UniqueFd top = open_folder(AT_FDCWD, path.c_str());
  if (!top) return base::fail_errno("remove", path, errno);
  FLEET_CHECK(Remover(path, top.get()).empty_top());
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT) return base::fail_errno("remove", path, errno);
  return {};
}

}  // namespace fleet::os
