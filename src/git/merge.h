#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"

namespace fleet::git {

// Whether merged content is written to the store; else it is not there under the id that is told.
enum class Write { yes, no };

// The three-way merge of what stands at one path; nothing when the two sides cannot both stand.
//
// Equal sides, and a side that changed nothing, need no look at the content. Mode and content merge apart
// from each other. Content is merged (by libgit2's git_merge_file, which for nearly all files agrees with
// git) only when both sides are regular files, and what they began with is one too or counts as empty, all
// without NUL bytes near their start, of no more than 8 MB and 300,000 lines (nothing stops a merge, and what
// it takes grows faster than they do); symlinks and submodules never are. A file that one side removed and
// the other changed is a conflict, and so are two different additions, unless one of them is empty.
[[nodiscard]] Result<std::optional<model::TreeEntry>> merge_entry(ObjectStore& store,
                                                                  const model::TreeEntry& base,
                                                                  const model::TreeEntry& ours,
                                                                  const model::TreeEntry& theirs,
                                                                  Write write = Write::yes);

// What came of a file that one side renamed and the other changed; also of one that both renamed to the same
// path. As merge_entry(), but that a change of its kind (a file that became a symlink) cannot follow it.
[[nodiscard]] Result<std::optional<model::TreeEntry>> merge_renamed(ObjectStore& store,
                                                                    const model::TreeEntry& base,
                                                                    const model::TreeEntry& ours,
                                                                    const model::TreeEntry& theirs,
                                                                    Write write = Write::yes);

// Whether git takes a file for binary: there is a NUL byte near its start.
[[nodiscard]] bool is_binary(std::string_view bytes);

}  // namespace fleet::git
