#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "os/sandbox.h"

// Small things with files. Paths are bytes. Every function handles interrupted and short system calls, and
// any thread may call it.
namespace fleet::os {

// Fails when there is more than `max_bytes` of it, or when it is no regular file.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes);
// The same for a file that a program was asked to write, and which may lead elsewhere by now: fails when it
// is a symlink, has another name too, or does not belong to `owner`. Who could be asked to put something in
// the place of a folder on the way is not watched.
[[nodiscard]] Result<std::string> read_file_of(std::uint32_t owner, const std::string& path,
                                               std::uint64_t max_bytes);

// The same for `path` in a folder that somebody else wrote: symlinks are followed as long as they stay in
// `root`. Fails for what lies outside, whoever swaps a symlink meanwhile. Needs /proc.
[[nodiscard]] Result<std::string> read_file_below(const std::string& root, const std::string& path,
                                                  std::uint64_t max_bytes);
// Whether that is where it leads now. False also when there is nothing.
[[nodiscard]] bool leads_below(const std::string& root, const std::string& path);

// Readers see the old file or the whole new one, also after a power loss: written beside it, synced, renamed.
[[nodiscard]] Result<> write_file_atomically(const std::string& path, std::string_view bytes,
                                             std::uint32_t mode = 0644);

// A new, empty file: an Error when there is something already.
[[nodiscard]] Result<> make_file(const std::string& path, std::uint32_t mode);

// All bytes, at the descriptor's place.
[[nodiscard]] Result<> write_all(int fd, std::string_view bytes, const std::string& path);

// With its parents. Good when it is there already.
[[nodiscard]] Result<> make_directories(const std::string& path, std::uint32_t mode = 0755);

// A file, or a folder with all in it. Follows no symlink, opens up folders that are closed for writing, and
// fails where another file system is mounted in it. Good when there is nothing.
[[nodiscard]] Result<> remove_tree(const std::string& path);

// From here on this thread, and those that it starts, make and open files as `user`, with no more rights over
// files than theirs: what a fleet that is root makes belongs to them, and nothing of root's can be reached
// through what they put in its way (setfsuid(2)). Needs root.
[[nodiscard]] Result<> use_files_as(UserId user);

[[nodiscard]] bool exists(const std::string& path);  // also a dangling symlink
[[nodiscard]] bool is_directory(const std::string& path);
// Names in it without `.` and `..`, sorted.
[[nodiscard]] Result<std::vector<std::string>> list_directory(const std::string& path);
[[nodiscard]] Result<UserId> owner_of(const std::string& path);
[[nodiscard]] Result<std::uint64_t> free_disk_space(const std::string& path);  // bytes, for this user

// Where `name` would run from: itself if it has a slash. Nothing when it is not there or may not be executed.
[[nodiscard]] std::optional<std::string> executable_on_path(const std::string& name,
                                                            std::string_view path_variable);
[[nodiscard]] Result<std::string> own_executable();

// A new folder for this user only, removed with all in it by the destructor.
class TemporaryDirectory {
 public:
  // In `parent`, or in $TMPDIR or /tmp when that is empty.
  [[nodiscard]] static Result<TemporaryDirectory> create(const std::string& parent = {},
                                                         const std::string& prefix = "fleet-");
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace fleet::os
