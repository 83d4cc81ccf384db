#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/edited_tree.h"
#include "git/object_store.h"
#include "git/tree.h"
#include "model/change.h"

namespace fleet::git {

// Edits on a snapshot in memory, with no checkout: what API agents and codemods work on. File contents go
// straight into the object database; the tree is written once, at the end. One thread. The store must
// outlive it.
//
// Paths come from agents and are refused (Fault::input) when absolute, empty, with `.` or `..` parts, with
// NUL, or with a part that some system takes for `.git`; so is every path that leads through a symlink, a
// submodule or a file.
class TreeEditor {
 public:
  // `tree` is a tree, not a commit.
  TreeEditor(ObjectStore& store, ObjectId tree) : store_(store), tree_(tree), edits_(store, tree) {}

  // Mode none when there is no file, symlink or submodule.
  [[nodiscard]] Result<model::TreeEntry> entry(std::string_view path) const;
  [[nodiscard]] Result<std::uint64_t> size(
      std::string_view path) const;  // bytes of a file, which is not read
  // The content of a file; a symlink is refused, not followed.
  [[nodiscard]] Result<std::string> read(std::string_view path) const;
  // `mode` none keeps an existing file's mode, and is `regular` for a new one. Writing over a symlink is
  // refused: remove it first. A file becomes a folder, or a folder a file, only after being removed.
  [[nodiscard]] Result<> write(std::string_view path, std::string_view bytes,
                               model::FileMode mode = model::FileMode::none);
  // A file, symlink or submodule; it must exist.
  [[nodiscard]] Result<> remove(std::string_view path);
  // `to` must not exist.
  [[nodiscard]] Result<> move(std::string_view from, std::string_view to);

  // To what it was when the copy was made.
  void set_back(const TreeEditor& copy) { edits_.set_back(copy.edits_); }

  // Everything below a folder (empty: all) that `wanted` accepts (null: all), in bytewise order of paths.
  [[nodiscard]] Result<std::vector<Listed>> list(
      std::string_view folder = {}, const std::function<bool(std::string_view path)>& wanted = {}) const;

  // Against the tree it began with, in bytewise order of paths; what was set back to how it was is not in it.
  [[nodiscard]] Result<std::vector<model::Change>> changes() const;
  [[nodiscard]] Result<ObjectId> write_tree();

 private:
  [[nodiscard]] Result<> check_free(std::string_view path) const;
  ObjectStore& store_;
  ObjectId tree_;
  EditedTree edits_;
};

}  // namespace fleet::git
