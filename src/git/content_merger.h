#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/lru_cache.h"
#include "base/object_id.h"
#include "base/result.h"
#include "git/attributes.h"
#include "git/object_store.h"
#include "model/change.h"

namespace fleet::git {

// Three-way merges of the contents of files, by libgit2's git_merge_file, which for nearly all files agrees
// with git. What came of each is remembered. It is not in the store before it is kept; until then only this
// merger knows it (but for very large ones), by its id, and merges it again where it is asked for when it no
// longer fits into memory. One thread; the store must outlive it.
class ContentMerger {
 public:
  explicit ContentMerger(ObjectStore& store)
      : store_(store), attributes_(store), edits_(kEditBytes), texts_(kTextBytes) {}

  // Nothing: they clash. Also where one has NUL bytes near its start, or more than 32 MB or 500,000 lines:
  // nothing stops a merge, and what it takes grows faster than they do. No base counts as empty.
  [[nodiscard]] Result<std::optional<ObjectId>> merge(ObjectId base, ObjectId ours, ObjectId theirs,
                                                      MergeDriver driver = MergeDriver::text);
  // Whether merge() would give anything. Of many results that are held against each other, each is compared
  // with its base once, and only those that changed lines next to each other are merged to find out.
  [[nodiscard]] Result<bool> merges(ObjectId base, ObjectId ours, ObjectId theirs,
                                    MergeDriver driver = MergeDriver::text);

  // Whether its bytes are such that merge() looks at their lines; none counts as empty.
  [[nodiscard]] Result<bool> is_mergeable(ObjectId content);

  [[nodiscard]] MergeAttributes& attributes() { return attributes_; }
  [[nodiscard]] ObjectStore& store() const { return store_; }

  // Writes what came of merges to the store, where a change puts it.
  [[nodiscard]] Result<> keep(std::span<const model::Change> changes);

  // Forgets. What was not kept is not to be asked for afterwards.
  void clear();
  // The same, where it has come to know very much.
  void make_room();

 private:
  struct Sides {
    ObjectId base, ours, theirs;
    MergeDriver driver = MergeDriver::text;
    bool operator==(const Sides&) const = default;
  };
  struct SidesHash {
    std::size_t operator()(const Sides& sides) const;
  };
  using Text = std::shared_ptr<const std::string>;
  // Lines of the base that a side changed, from 0; none, where it only added lines before `begin`.
  struct Lines {
    std::size_t begin, end;
  };
  // In order; null: it cannot be merged.
  using Edits = std::shared_ptr<const std::vector<Lines>>;
  struct Origin {
    std::optional<Sides> sides;  // what it was merged from; none: it was there before
    bool is_kept = false;
  };

  [[nodiscard]] Result<std::optional<std::string>> merge_texts(const Sides& sides);
  [[nodiscard]] Result<Text> read(ObjectId id);
  // Null: it cannot be merged.
  [[nodiscard]] Result<Text> read_to_merge(ObjectId id);
  [[nodiscard]] Result<Edits> edits_of(ObjectId base, ObjectId side);
  [[nodiscard]] Result<Edits> compare(ObjectId base, ObjectId side);
  [[nodiscard]] static bool are_apart(const std::vector<Lines>& ours, const std::vector<Lines>& theirs);

  static constexpr std::size_t kTextBytes = 24'000'000;
  static constexpr std::size_t kEditBytes = 8'000'000;
  static constexpr std::size_t kMostMerges = 50'000;  // some 20 MB

  ObjectStore& store_;
  MergeAttributes attributes_;
  std::unordered_map<Sides, std::optional<ObjectId>, SidesHash> merges_;
  base::LruCache<Sides, Edits, SidesHash> edits_;  // by base and one side
  std::unordered_map<ObjectId, Origin> origins_;
  base::LruCache<ObjectId, Text> texts_;
};

// Whether git takes a file for binary: there is a NUL byte near its start.
[[nodiscard]] bool is_binary(std::string_view bytes);

}  // namespace fleet::git
