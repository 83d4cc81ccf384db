#include "git/merge.h"

#include <git2.h>

#include <algorithm>
#include <string_view>

#include "git/handles.h"

namespace fleet::git {
namespace {

using model::TreeEntry;

// The value that one side changed, where the other did not.
template <class T>
std::optional<T> one_sided(const T& base, const T& ours, const T& theirs) {
  if (ours == theirs || base == theirs) return ours;
  if (base == ours) return theirs;
  return std::nullopt;
}

git_merge_file_input input(std::string_view bytes) {
  git_merge_file_input out{};
  git_merge_file_input_init(&out, GIT_MERGE_FILE_INPUT_VERSION);
  out.ptr = bytes.data();
  out.size = bytes.size();
  return out;
}

class MergedFile {
 public:
  MergedFile() = default;
  MergedFile(const MergedFile&) = delete;
  MergedFile& operator=(const MergedFile&) = delete;
  ~MergedFile() { git_merge_file_result_free(&result); }
  git_merge_file_result result{};
};

Result<std::optional<ObjectId>> merge_content(ObjectStore& store, ObjectId base, ObjectId ours,
                                              ObjectId theirs, Write write) {
  constexpr std::uint64_t kMaxMerged = 8'000'000;  // bytes
  constexpr std::ptrdiff_t kMaxLines = 300'000;
  for (const ObjectId id : {base, ours, theirs}) {
    if (id.is_none()) continue;
    FLEET_TRY(const auto size, store.blob_size(id));
    if (size > kMaxMerged) return std::nullopt;
  }
  std::string base_text;  // stays empty where both are new
  if (!base.is_none()) {
    FLEET_TRY(base_text, store.read_blob(base));
  }
  FLEET_TRY(const auto our_text, store.read_blob(ours));
  FLEET_TRY(const auto their_text, store.read_blob(theirs));
  if (is_binary(base_text) || is_binary(our_text) || is_binary(their_text)) return std::nullopt;
  for (const std::string_view text :
       {std::string_view(base_text), std::string_view(our_text), std::string_view(their_text)}) {
    if (std::count(text.begin(), text.end(), '\n') > kMaxLines) return std::nullopt;
  }
  const auto ancestor = input(base_text);
  const auto our_input = input(our_text);
  const auto their_input = input(their_text);
  MergedFile merged;
  if (const int code = git_merge_file(&merged.result, &ancestor, &our_input, &their_input, nullptr);
      code < 0) {
    return fail_git("merge the file", ours.hex(), code);
  }
  if (merged.result.automergeable == 0) return std::nullopt;
  const std::string_view text(merged.result.ptr, merged.result.len);
  if (write == Write::no) return ObjectStore::hash_blob(text);
  FLEET_TRY(const ObjectId id, store.write_blob(text));
  return id;
}

}  // namespace

// As in git's xdiff-interface.c.
bool is_binary(std::string_view bytes) {
  return bytes.substr(0, 8000).find('\0') != bytes.npos;
}

Result<std::optional<TreeEntry>> merge_entry(ObjectStore& store, const TreeEntry& base, const TreeEntry& ours,
                                             const TreeEntry& theirs, Write write) {
  if (const auto whole = one_sided(base, ours, theirs)) return whole;
  if (!ours.is_file() || !theirs.is_file()) return std::nullopt;
  // Two new files have nothing in common but where they are equal; git takes what both began with for empty.
  const TreeEntry common = base.is_file() ? base : TreeEntry{};
  const auto mode = one_sided(common.mode, ours.mode, theirs.mode);
  if (!mode) return std::nullopt;
  if (const auto id = one_sided(common.id, ours.id, theirs.id)) return TreeEntry{*id, *mode};
  FLEET_TRY(const auto id, merge_content(store, common.id, ours.id, theirs.id, write));
  if (!id) return std::nullopt;
  return TreeEntry{*id, *mode};
}

Result<std::optional<TreeEntry>> merge_renamed(ObjectStore& store, const TreeEntry& base,
                                               const TreeEntry& ours, const TreeEntry& theirs, Write write) {
  const auto is_same_kind = [&](const TreeEntry& side) {
    return side.mode == base.mode || (side.is_file() && base.is_file());
  };
  if (!is_same_kind(ours) || !is_same_kind(theirs)) return std::nullopt;
  return merge_entry(store, base, ours, theirs, write);
}

}  // namespace fleet::git
