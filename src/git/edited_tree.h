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
  void set_back(const EditedTree& copy) { set_ = copy.set_; }
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

}  // namespace fleet::git
