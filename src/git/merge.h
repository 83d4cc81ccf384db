#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"

namespace fleet::git {

// The three-way merge of what stands at one path; nothing when the two sides cannot both stand.
//
// Equal sides, and a side that changed nothing, need no look at the content. Mode and content merge apart
// from each other. Content is merged (by libgit2's git_merge_file, which for nearly all files agrees with
// git) only when both sides are regular files, and what they began with is one too or counts as empty, all
// without NUL bytes near their start; symlinks and submodules never are. A file that one side removed and the
// other changed is a conflict, and so are two different additions, unless one of them is empty.
[[nodiscard]] Result<std::optional<model::TreeEntry>> merge_entry(ObjectStore& store,
                                                                  const model::TreeEntry& base,
                                                                  const model::TreeEntry& ours,
                                                                  const model::TreeEntry& theirs);

// What came of a file that one side renamed and the other changed; also of one that both renamed to the same
// path. As merge_entry(), but that a change of its kind (a file that became a symlink) cannot follow it.
[[nodiscard]] Result<std::optional<model::TreeEntry>> merge_renamed(ObjectStore& store,
                                                                    const model::TreeEntry& base,
                                                                    const model::TreeEntry& ours,
                                                                    const model::TreeEntry& theirs);

// Whether git takes a file for binary: there is a NUL byte near its start.
[[nodiscard]] bool is_binary(std::string_view bytes);

}  // namespace fleet::git
