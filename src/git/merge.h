#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "git/content_merger.h"
#include "model/change.h"

namespace fleet::git {

// The path that a merge is about, and whose attributes say how its content is merged.
struct MergePath {
  std::string_view path;
  MergeRules rules;
};

// The three-way merge of what stands at one path; nothing when the two sides cannot both stand.
//
// Equal sides, and a side that changed nothing, need no look at the content. Mode and content merge apart
// from each other. Content is merged only when both sides are regular files, and what they began with is one
// too or counts as empty; symlinks and submodules never are. A file that one side removed and the other
// changed is a conflict, and so are two different additions, unless one of them is empty, or the attributes
// say `merge=union`.
[[nodiscard]] Result<std::optional<model::TreeEntry>> merge_entry(ContentMerger& contents,
                                                                  const MergePath& at,
                                                                  const model::TreeEntry& base,
                                                                  const model::TreeEntry& ours,
                                                                  const model::TreeEntry& theirs);

// What came of a file that one side renamed and the other changed; also of one that both renamed to the same
// path. As merge_entry(), but that a change of its kind (a file that became a symlink) cannot follow it.
[[nodiscard]] Result<std::optional<model::TreeEntry>> merge_renamed(ContentMerger& contents,
                                                                    const MergePath& at,
                                                                    const model::TreeEntry& base,
                                                                    const model::TreeEntry& ours,
                                                                    const model::TreeEntry& theirs);

// Whether merge_entry() and merge_renamed() would give anything.
[[nodiscard]] Result<bool> entries_merge(ContentMerger& contents, const MergePath& at,
                                         const model::TreeEntry& base, const model::TreeEntry& ours,
                                         const model::TreeEntry& theirs);
[[nodiscard]] Result<bool> renamed_merge(ContentMerger& contents, const MergePath& at,
                                         const model::TreeEntry& base, const model::TreeEntry& ours,
                                         const model::TreeEntry& theirs);

}  // namespace fleet::git
