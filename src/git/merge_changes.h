#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/edited_tree.h"
#include "git/object_store.h"
#include "model/change.h"

namespace fleet::git {

// Where a result could not be applied, and the path whose state was against it: the same one, or one that
// cannot stand beside it.
struct Clash {
  std::string path;
  std::string against;
  auto operator<=>(const Clash&) const = default;
};

// Where files went: what they are called now; nothing: they did not move. Asked only of a file that one side
// removed and the other did not leave as it was.
struct Moves {
  using Where = std::function<Result<std::optional<std::string>>(std::string_view path)>;
  Where before;  // by what the tree already holds
  Where own;     // by the changes that are applied
};

// Applies changes by three-way merge, path by path: removals first, then what is put. Where that clashes, the
// tree keeps what it had. `changes` are in order of path.
//
// With `moves`, an edit follows a file that was moved: one side's edits are merged with the other's at the
// file's new path. Moved to two places, or moved here and removed there, is a clash.
[[nodiscard]] Result<std::vector<Clash>> merge_into(EditedTree& edited, ObjectStore& store,
                                                    const std::vector<model::Change>& changes,
                                                    const Moves* moves = nullptr);

}  // namespace fleet::git
