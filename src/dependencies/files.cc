#include "dependencies/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"
#include "dependencies/paths.h"

namespace fleet::dependencies {
namespace {

std::optional<FolderEntry::Kind> kind_of(int folder, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return FolderEntry::Kind::file;
    case DT_DIR:
      return FolderEntry::Kind::folder;
    case DT_LNK:
      return FolderEntry::Kind::link;
    case DT_UNKNOWN:
      break;
    default:
      return std::nullopt;
  }
  struct stat status {};
  if (::fstatat(folder, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (S_ISREG(status.st_mode)) return FolderEntry::Kind::file;
  if (S_ISDIR(status.st_mode)) return FolderEntry::Kind::folder;
  if (S_ISLNK(status.st_mode)) return FolderEntry::Kind::link;
  return std::nullopt;
}

// Reads one folder after the other: the last that was opened is kept.
class OpenFolder {
 public:
  OpenFolder(std::string shown, base::UniqueFd root) : shown_(std::move(shown)), root_(std::move(root)) {}

  Result<std::vector<FolderEntry>> list(const std::string& path) {
    FLEET_TRY(const int folder, open(path));
    base::UniqueFd own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DIR* stream = own ? ::fdopendir(own.get()) : nullptr;
    if (stream == nullptr) return base::fail_errno("read the folder", name(path), errno);
    (void)own.release();  // closedir() closes it
    const std::unique_ptr<DIR, int (*)(DIR*)> closes(stream, ::closedir);
    std::vector<FolderEntry> entries;
    errno = 0;
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view entry_name = entry->d_name;
      if (entry_name == "." || entry_name == "..") continue;
      if (const auto kind = kind_of(folder, *entry)) entries.push_back({std::string(entry_name), *kind});
      errno = 0;
    }
    if (errno != 0) return base::fail_errno("read the folder", name(path), errno);
    return entries;
  }

  Result<std::string> read(const std::string& path, std::uint64_t max_bytes) {
    FLEET_TRY(const int folder, open(std::string(folder_of(path))));
    const std::string file_name(file_name_of(path));
    // O_NONBLOCK: a fifo would keep us waiting.
    const base::UniqueFd file(
        ::openat(folder, file_name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return base::fail_errno("read", name(path), errno);
    if (!S_ISREG(status.st_mode)) return base::fail_input("read", name(path), "it is no regular file");
    return read_all(file.get(), static_cast<std::size_t>(status.st_size), path, max_bytes);
  }

 private:
  Result<std::string> read_all(int file, std::size_t expected, const std::string& path,
                               std::uint64_t max_bytes) {
    std::string bytes(std::min<std::uint64_t>(expected, max_bytes) + 1, '\0');
    std::size_t size = 0;
    while (true) {
      const ssize_t count = ::read(file, bytes.data() + size, bytes.size() - size);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return base::fail_errno("read", name(path), errno);
      if (count == 0) break;
      size += static_cast<std::size_t>(count);
      if (size > max_bytes) {
        return base::fail_input("read", name(path),
                                "it is larger than " + std::to_string(max_bytes) + " bytes");
      }
      if (size == bytes.size()) bytes.resize(2 * size);
    }
    bytes.resize(size);
    return bytes;
  }

  Result<int> open(const std::string& path) {
    if (path.empty()) return root_.get();
    if (path == last_path_) return last_.get();
    base::UniqueFd folder;
    std::string_view left = path;
    while (!left.empty()) {
      const std::string part(left.substr(0, left.find('/')));
      left.remove_prefix(std::min(part.size() + 1, left.size()));
      if (part.empty() || part == "." || part == "..") {
        return base::fail_input("open", name(path), "it is no path within the folder");
      }
      folder = base::UniqueFd(::openat(folder ? folder.get() : root_.get(), part.c_str(),
                                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!folder) return base::fail_errno("open the folder", name(path), errno);
    }
    last_path_ = path;
    last_ = std::move(folder);
    return last_.get();
  }

  [[nodiscard]] std::string name(const std::string& path) const { return join_path(shown_, path); }

  std::string shown_;
  base::UniqueFd root_, last_;
  std::string last_path_;
};

}  // namespace

Result<Files> files_in(const std::string& folder) {
  base::UniqueFd root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return base::fail_errno("open the folder", folder, errno);
  const auto open = std::make_shared<OpenFolder>(folder, std::move(root));
  return Files{[open](const std::string& path) { return open->list(path); },
               [open](const std::string& path, std::uint64_t most) { return open->read(path, most); }};
}

}  // namespace fleet::dependencies
