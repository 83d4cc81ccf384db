#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace fleet::dependencies {

struct FolderEntry {
  enum class Kind { file, folder, link };
  std::string name;
  Kind kind = Kind::file;
};

// A tree of files to be read: a folder, or a commit. Paths are from its root, "" is the root. Both are called
// from one thread.
struct Files {
  // Files, folders and symbolic links in it, in any order; devices and the like are left out.
  std::function<Result<std::vector<FolderEntry>>(const std::string& folder)> list;
  // The bytes of a regular file; an Error where it has more than `max_bytes`.
  std::function<Result<std::string>(const std::string& path, std::uint64_t max_bytes)> read;
};

// A folder of the file system, whose own path may hold symbolic links. Within it none is followed, so that
// nothing outside is read, whatever somebody put there. An Error when it cannot be opened. Holds two
// descriptors while any copy lives.
[[nodiscard]] Result<Files> files_in(const std::string& folder);

}  // namespace fleet::dependencies
