#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"

namespace fleet::git {

// A tree with paths set on top of it in memory; nothing is written. One thread.
class EditedTree {
 public:
  EditedTree(ObjectStore& store, ObjectId tree) : store_(store), tree_(tree) {}

  [[nodiscard]] Result<model::TreeEntry> at(std::string_view path) const;
  void put(std::string path, model::TreeEntry entry) { set_[std::move(path)] = entry; }
  // A path that now stands and keeps `path` from being a file: a leading part of it, or one below it.
  [[nodiscard]] Result<std::optional<std::string>> in_the_way_of(std::string_view path) const;

  // What differs from the tree, by path.
  [[nodiscard]] Result<std::vector<model::Change>> changes() const;
  [[nodiscard]] const std::map<std::string, model::TreeEntry, std::less<>>& set() const { return set_; }

 private:
  ObjectStore& store_;
  ObjectId tree_;
  std::map<std::string, model::TreeEntry, std::less<>> set_;
};

// Where a result could not be applied, and the path whose state was against it: the same one, or one that
// cannot stand beside it.
struct Clash {
  std::string path;
  std::string against;
  auto operator<=>(const Clash&) const = default;
};

// Applies changes by three-way merge, path by path: removals first, then what is put. Where that clashes, the
// tree keeps what it had. `changes` are in order of path.
[[nodiscard]] Result<std::vector<Clash>> merge_into(EditedTree& edited, ObjectStore& store,
                                                    const std::vector<model::Change>& changes);

}  // namespace fleet::git
