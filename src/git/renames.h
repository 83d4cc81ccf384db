#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"

namespace fleet::git {

// A file that went from one path to another, and may have been edited on the way.
struct Rename {
  std::string from;
  std::string to;
  bool operator==(const Rename&) const = default;
};

// Which of the paths that the changes remove came to stand at which of those they add, in order of `from`. As
// git pairs them for `diff -M` and for merges (diffcore-rename.c): the same content first, then a name that
// only one file has on each side, if three quarters of it are the same, then whatever is most alike, if half
// of it is. Alike is what two files have in common of lines, or pieces of 64 bytes, by bytes. Empty files are
// never renamed. Of a change that removes and adds very many files, or very large ones, only those with the
// same content are sure to be found; a blob that a partial clone lacks is not compared.
[[nodiscard]] Result<std::vector<Rename>> find_renames(const ObjectStore& store,
                                                       std::span<const model::Change> changes);

}  // namespace fleet::git
