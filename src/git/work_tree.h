#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "git/repository.h"

namespace fleet::git {

// What differs on disk from a commit, at one path.
struct WorkChange {
  std::string path;
  bool was_there = false;  // a file in the commit
  bool is_there = false;   // a file on disk
};

// A user's checkout as it stands on disk; nothing of it is written. Files only: symlinks, submodules and what
// is in them are passed over. Any thread. The repository must outlive it.
class WorkTree {
 public:
  // An Error for a bare repository.
  [[nodiscard]] static Result<WorkTree> open(const Repository& repository);

  // Files that git would take: tracked ones that are still there, and untracked ones that are not ignored. By
  // path.
  [[nodiscard]] Result<std::vector<std::string>> files() const;
  // By path.
  [[nodiscard]] Result<std::vector<WorkChange>> changes_since(ObjectId commit) const;
  // Follows no symlink, whatever has come of the path since. More than `max_bytes` is an Error.
  [[nodiscard]] Result<std::string> read(const std::string& path, std::uint64_t max_bytes) const;

 private:
  WorkTree(const Repository& repository, base::UniqueFd folder)
      : repository_(repository), folder_(std::move(folder)) {}
  const Repository& repository_;
  base::UniqueFd folder_;
};

}  // namespace fleet::git
