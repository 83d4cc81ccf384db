#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"

// Our own tree algebra over the object database: what it costs grows with what differs, not with the size of
// the repository. Paths hold any bytes but NUL. Every `tree` is the id of a tree, not of a commit; none (all
// zero) stands for the empty tree. Any thread.
namespace fleet::git {

// One folder as stored: its entries in git's order (as if the names of folders ended with a slash).
// Immutable.
class Tree {
 public:
  struct Entry {
    std::uint32_t mode = 0;  // as stored; old repositories hold more than model::FileMode knows
    std::string_view name;
    ObjectId id;

    [[nodiscard]] bool is_folder() const { return mode == 0040000; }
    [[nodiscard]] model::TreeEntry leaf() const;  // mode none for a folder
  };

  // An Error when the bytes are not a tree, or hold a name that no checkout may have (empty, `.`, `..`,
  // `.git`, with a slash).
  [[nodiscard]] static Result<Tree> parse(ObjectId id, std::string_view raw);
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  Tree(Tree&&) noexcept = default;
  Tree& operator=(Tree&&) noexcept = default;

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] std::size_t memory() const { return raw_.capacity() + entries_.capacity() * sizeof(Entry); }

 private:
  Tree() = default;
  std::vector<char> raw_;  // moving it keeps the names' addresses
  std::vector<Entry> entries_;
};

// The order of git's trees: bytewise, with a slash after the names of folders.
[[nodiscard]] int compare_names(std::string_view a, bool a_is_folder, std::string_view b, bool b_is_folder);

// The change at a path, of changes in bytewise order of paths; null: there is none.
[[nodiscard]] const model::Change* find_change(std::span<const model::Change> changes, std::string_view path);

// What differs, in bytewise order of paths. A file that became a folder shows as one path removed and others
// added.
[[nodiscard]] Result<std::vector<model::Change>> diff(const ObjectStore& store, ObjectId before,
                                                      ObjectId after);

// The folders and files of a tree that do not stand at the same path of another: what a pack needs to add.
// `after` itself is one of them unless the trees are equal. No submodules.
[[nodiscard]] Result<std::vector<ObjectId>> added_objects(const ObjectStore& store, ObjectId before,
                                                          ObjectId after);

// The tree with the `after` of each change put at its path (mode none: removed); folders that end up empty
// vanish. Paths in any order, each once. An Error when a path would be both a file and a folder; removing
// what is not there is none.
[[nodiscard]] Result<ObjectId> update(ObjectStore& store, ObjectId tree,
                                      std::span<const model::Change> changes);

// What stands at a path: mode none when nothing does, or a folder.
[[nodiscard]] Result<model::TreeEntry> entry_at(const ObjectStore& store, ObjectId tree,
                                                std::string_view path);

// What keeps a path from being used as a file or folder.
struct Place {
  model::TreeEntry entry;       // the file, symlink or submodule at the path itself
  ObjectId folder;              // the tree at the path; none unless a folder stands there
  std::string_view blocked_by;  // the leading part of the path at which a file stands; empty: none
};
[[nodiscard]] Result<Place> look_up(const ObjectStore& store, ObjectId tree, std::string_view path);

struct Listed {
  std::string path;
  model::TreeEntry entry;
};
// All files, symlinks and submodules below a folder (empty: all), in bytewise order of paths, which are
// whole. `limit` bounds how many are taken; more is an Error.
[[nodiscard]] Result<std::vector<Listed>> list(const ObjectStore& store, ObjectId tree,
                                               std::string_view folder = {}, std::size_t limit = 10'000'000);

// How many files, symlinks and submodules a tree holds, but no more than `at_most`.
[[nodiscard]] Result<std::size_t> count(const ObjectStore& store, ObjectId tree, std::size_t at_most);

}  // namespace fleet::git
