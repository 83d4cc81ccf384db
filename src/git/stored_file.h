#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/beneath.h"
#include "git/object_store.h"
#include "git/workspace.h"
#include "model/change.h"

// From files on disk to a snapshot.
namespace fleet::git {

enum class Content { compare, store };

// What a tree would hold for a file or symlink, whose content is stored unless it is only to be compared.
// `expected_size`, in bytes: a file of another size is not read, and the answer's id is none then. More than
// `max_bytes` is an Error. `info`: its stat, as it was read.
[[nodiscard]] Result<model::TreeEntry> read_entry(ObjectStore& store, const Root& work,
                                                  const std::string& path, Content content,
                                                  std::uint64_t max_bytes,
                                                  std::optional<std::uint64_t> expected_size,
                                                  struct stat& info);

// What differs from a tree, by path.
using ChangeMap = std::map<std::string, model::Change>;

// Stores these files, and adds them to the changes.
[[nodiscard]] Result<> store_files(ObjectStore& store, const Root& work,
                                   const std::vector<std::string>& paths, const PoolOptions& options,
                                   ChangeMap& changes);

// The tree with these changes, against the commit `base`.
[[nodiscard]] Result<WorkspaceSnapshot> snapshot_of(ObjectStore& store, ObjectId tree, ObjectId base,
                                                    const ChangeMap& changes, std::vector<std::string> notes);

}  // namespace fleet::git
