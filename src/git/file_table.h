#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/change.h"

struct stat;

namespace fleet::git {

// As much of a file's stat as tells whether it was changed. Zero: not known.
struct FileStamp {
  std::int64_t changed = 0;   // ctime, nanoseconds: no program can set it back
  std::int64_t modified = 0;  // mtime, nanoseconds
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  // bytes
  std::uint32_t mode = 0;  // st_mode
  bool operator==(const FileStamp&) const = default;

  [[nodiscard]] static FileStamp of(const struct stat& info);
};

struct FileRecord {
  std::string name;
  model::TreeEntry entry;
  FileStamp stamp;
};

// The files of one folder of a snapshot, as they should stand on disk. Both lists are in bytewise order of
// names.
struct FolderRecord {
  std::string name;
  std::vector<FileRecord> files;
  std::vector<std::unique_ptr<FolderRecord>> folders;

  [[nodiscard]] FileRecord* find_file(std::string_view file);
  [[nodiscard]] FolderRecord* find_folder(std::string_view folder);
};

// A snapshot's files as a tree of folders: a path costs its depth, not the number of files. One thread.
class FileTable {
 public:
  [[nodiscard]] FolderRecord& root() { return root_; }
  [[nodiscard]] FileRecord* find(std::string_view path);
  // The record of a path, made if need be. Pointers to other files in the same folder become invalid.
  FileRecord& put(std::string_view path, model::TreeEntry entry);
  // Also the folders that end up empty, whose paths are appended to `emptied`, the deepest first.
  void erase(std::string_view path, std::vector<std::string>& emptied);
  void clear();

  // In the order of git's index: bytewise, by whole path.
  void for_each(const std::function<void(const std::string& path, FileRecord& file)>& visit);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  FolderRecord root_;
  std::size_t size_ = 0;
};

}  // namespace fleet::git
