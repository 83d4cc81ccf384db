#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"

namespace fleet::git {

struct PatchStat {
  std::uint32_t files = 0;
  std::uint32_t added = 0;  // lines; binary files count none
  std::uint32_t removed = 0;
};

struct PatchOptions {
  std::uint32_t context = 3;                 // lines
  std::uint64_t max_bytes = 64'000'000;      // past it the text ends with a line that says so
  std::uint64_t max_file_bytes = 8'000'000;  // larger files are treated as binary
  bool binary = true;  // with the content of binary files, so that `git apply` works; else one line each
};

// A diff in git's format, as `git apply` takes it: no renames, full object ids, paths quoted as git does.
struct Patch {
  std::string text;
  PatchStat stat;
  bool complete =
      true;  // false when max_bytes cut it, or `binary` is asked for and a file is larger than wanted
};

// Between two trees. Any thread.
[[nodiscard]] Result<Patch> patch(const ObjectStore& store, ObjectId before, ObjectId after,
                                  const PatchOptions& options = {});
[[nodiscard]] Result<PatchStat> patch_stat(const ObjectStore& store, ObjectId before, ObjectId after);

}  // namespace fleet::git
