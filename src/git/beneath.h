#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace fleet::git {

// A folder in which somebody hostile may have left anything. Every operation goes from a descriptor of it and
// follows no symlink, so that nothing outside is read, written or removed whatever stands inside; and folders
// without permissions are mended on the way (they are ours). Paths are relative, with `/` between parts, of
// any depth that the system can name (4,095 bytes). Any thread; what is inside must not be moved meanwhile by
// anybody else.
class Root {
 public:
  struct Parent {
    base::UniqueFd folder;
    std::string name;  // the path's last part
  };

  [[nodiscard]] static Result<Root> open(const std::filesystem::path& path);
  // Errors name it, and what is in it, as if it were at `shown`.
  [[nodiscard]] static Result<Root> open(const std::filesystem::path& path,
                                         const std::filesystem::path& shown);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }  // as shown
  [[nodiscard]] int fd() const { return fd_.get(); }

  // A folder inside, "" for the root itself. None with errno when it is not one: ENOTDIR or ELOOP for files
  // and symlinks.
  [[nodiscard]] base::UniqueFd open_folder(std::string_view path) const;
  [[nodiscard]] Parent open_parent(std::string_view path) const;

  // The folder, made with all that lead to it. A file or symlink on the way is removed.
  [[nodiscard]] Result<base::UniqueFd> make_folder(std::string_view path) const;

  // Whatever is at the path; no error when nothing is. A folder is moved to `trash` first and emptied there,
  // level by level, so that its depth does not matter. `trash` is on the same file system and ours alone.
  [[nodiscard]] Result<> remove(std::string_view path, const Root& trash) const;
  // All that is in this folder.
  [[nodiscard]] Result<> empty() const;

 private:
  Root(std::filesystem::path path, base::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::filesystem::path path_;
  base::UniqueFd fd_;
};

// The names in an open folder, without `.` and `..`, with their d_type (DT_UNKNOWN resolved). The descriptor
// stays open.
struct FolderEntry {
  std::string name;
  unsigned char type = 0;
};
[[nodiscard]] Result<std::vector<FolderEntry>> read_folder(int fd, std::string_view path);

// Opens a file for reading, never through a symlink and never waiting for a fifo. One that its permissions
// keep us from reading is mended.
[[nodiscard]] base::UniqueFd open_file(int folder, const std::string& name);

// A name without content, as a power cut leaves it. True: it was there, and is gone.
bool remove_empty_file(const std::filesystem::path& file);

// `shown` names the file in errors.
[[nodiscard]] Result<> write_all(int fd, std::string_view bytes, const std::string& shown);

}  // namespace fleet::git
