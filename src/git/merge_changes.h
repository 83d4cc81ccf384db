#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/content_merger.h"
#include "git/edited_tree.h"
#include "model/change.h"

namespace fleet::git {

// Where a result could not be applied, and the path whose state was against it: the same one, or one that
// cannot stand beside it. `from`: where the file of the path was when the result was begun, if it was renamed
// since; what the result was to make of it is left undone. `lost`: where the result had renamed it to, if
// that is another path.
struct Clash {
  std::string path;
  std::string against;
  std::string from{};
  std::string lost{};
  auto operator<=>(const Clash&) const = default;
};

// By which paths files go; nothing: they were not renamed. Asked only where it matters: of a file that one
// side removed and the other did not leave as it was, and of a path that cannot be put.
struct RenameLookup {
  using Where = std::function<Result<std::optional<std::string>>(std::string_view path)>;
  Where before;    // from there, by what the tree already holds
  Where own;       // from there, by the changes that are applied
  Where own_from;  // to there, by the changes that are applied
};

struct MergeOptions {
  MergeRules rules;
  const RenameLookup* renames = nullptr;
};

// Applies changes by three-way merge, path by path. Where that clashes, the tree keeps what it had. Contents
// that were merged are not in the store before `contents` keeps them.
// `changes` are in order of path.
//
// With `renames`, an edit follows a file that was renamed: one side's edits are merged with the other's at
// the file's new path. Renamed to two paths, or renamed here and removed there, is a clash. A file whose new
// path is taken stays where it was.
[[nodiscard]] Result<std::vector<Clash>> merge_into(EditedTree& edited, ContentMerger& contents,
                                                    const std::vector<model::Change>& changes,
                                                    const MergeOptions& options);

}  // namespace fleet::git
