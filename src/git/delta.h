#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/content_merger.h"
#include "git/integration.h"
#include "git/merge_changes.h"
#include "git/object_store.h"
#include "git/renames.h"
#include "git/tree.h"
#include "model/change.h"

namespace fleet::git {

// A result with what it changed. One thread: renames are found out when first asked for, since only where
// results meet at a path does it matter.
class Delta {
 public:
  [[nodiscard]] static Result<Delta> create(const ObjectStore& store, const TaskResult& result);

  TaskResult result;
  ObjectId base_tree;
  ObjectId snapshot_tree;
  ObjectId message_id;                 // stands for the message in keys
  std::vector<model::Change> changes;  // in order of path

  [[nodiscard]] const model::Change* find(std::string_view path) const { return find_change(changes, path); }
  [[nodiscard]] bool stands_on(TaskIndex task) const;
  // Where it renamed a file to; nothing: it did not.
  [[nodiscard]] Result<std::optional<std::string>> renamed_to(const ObjectStore& store,
                                                              std::string_view from) const;
  // The file that it renamed to a path, as it was before; null: it renamed none to it.
  [[nodiscard]] Result<const model::Change*> renamed_from(const ObjectStore& store,
                                                          std::string_view to) const;

 private:
  struct Renames {
    std::vector<Rename> by_from;
    std::vector<std::uint32_t> by_to;  // indices into by_from
  };
  [[nodiscard]] Result<const Renames*> renames(const ObjectStore& store) const;
  mutable std::shared_ptr<const Renames> renames_;
};

// A result that has come together with others, and the paths of its own where it could not.
struct Applied {
  const Delta* delta;
  std::vector<std::string> clashed;  // ascending
};

// Where files are for merge_into(), after `before`, when `own` is applied. All must outlive it.
[[nodiscard]] RenameLookup lookup_of(const ObjectStore& store, std::span<const Applied> before,
                                     const Delta& own);

// Whether what two results made of a path that both touched, from the same beginnings, can both stand.
[[nodiscard]] Result<bool> both_stand(ContentMerger& contents, const Delta& one, const Delta& other,
                                      std::string_view path);

// Whether it is the other result's doing by itself that one clashes there.
[[nodiscard]] Result<bool> clashes_with(ContentMerger& contents, const Delta& loser, const Clash& clash,
                                        const Delta& other);

}  // namespace fleet::git
