#include "git/merge.h"

#include <variant>

namespace fleet::git {
namespace {

using model::FileMode;
using model::TreeEntry;

// The value that one side changed, where the other did not.
template <class T>
std::optional<T> one_sided(const T& base, const T& ours, const T& theirs) {
  if (ours == theirs || base == theirs) return ours;
  if (base == ours) return theirs;
  return std::nullopt;
}

struct ContentToMerge {
  ObjectId base, ours, theirs;
  FileMode mode;
};
// What stands there, if anything can, or takes a look at the content.
using Merge = std::variant<std::optional<TreeEntry>, ContentToMerge>;

Merge merge_without_content(const TreeEntry& base, const TreeEntry& ours, const TreeEntry& theirs) {
  if (const auto whole = one_sided(base, ours, theirs)) return whole;
  if (!ours.is_file() || !theirs.is_file()) return std::nullopt;
  // Two new files have nothing in common but where they are equal; git takes what both began with for empty.
  const TreeEntry common = base.is_file() ? base : TreeEntry{};
  const auto mode = one_sided(common.mode, ours.mode, theirs.mode);
  if (!mode) return std::nullopt;
  if (const auto id = one_sided(common.id, ours.id, theirs.id)) return TreeEntry{*id, *mode};
  return ContentToMerge{common.id, ours.id, theirs.id, *mode};
}

bool is_same_kind(const TreeEntry& base, const TreeEntry& side) {
  return side.mode == base.mode || (side.is_file() && base.is_file());
}

}  // namespace

Result<std::optional<TreeEntry>> merge_entry(ContentMerger& contents, const MergePath& at,
                                             const TreeEntry& base, const TreeEntry& ours,
                                             const TreeEntry& theirs) {
  const Merge merge = merge_without_content(base, ours, theirs);
  const auto* content = std::get_if<ContentToMerge>(&merge);
  if (content == nullptr) return std::get<std::optional<TreeEntry>>(merge);
  FLEET_TRY(const MergeDriver driver, contents.attributes().driver(at.rules, at.path));
  FLEET_TRY(const auto id, contents.merge(content->base, content->ours, content->theirs, driver));
  if (!id) return std::nullopt;
  return TreeEntry{*id, content->mode};
}

Result<std::optional<TreeEntry>> merge_renamed(ContentMerger& contents, const MergePath& at,
                                               const TreeEntry& base, const TreeEntry& ours,
                                               const TreeEntry& theirs) {
  if (!is_same_kind(base, ours) || !is_same_kind(base, theirs)) return std::nullopt;
  return merge_entry(contents, at, base, ours, theirs);
}

Result<bool> entries_merge(ContentMerger& contents, const MergePath& at, const TreeEntry& base,
                           const TreeEntry& ours, const TreeEntry& theirs) {
  const Merge merge = merge_without_content(base, ours, theirs);
  const auto* content = std::get_if<ContentToMerge>(&merge);
  if (content == nullptr) return std::get<std::optional<TreeEntry>>(merge).has_value();
  FLEET_TRY(const MergeDriver driver, contents.attributes().driver(at.rules, at.path));
  return contents.merges(content->base, content->ours, content->theirs, driver);
}

Result<bool> renamed_merge(ContentMerger& contents, const MergePath& at, const TreeEntry& base,
                           const TreeEntry& ours, const TreeEntry& theirs) {
  if (!is_same_kind(base, ours) || !is_same_kind(base, theirs)) return false;
  return entries_merge(contents, at, base, ours, theirs);
}

}  // namespace fleet::git
