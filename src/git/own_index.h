#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/beneath.h"
#include "git/file_table.h"
#include "model/change.h"

// The index in a workspace's own `.git`: what a task has told its git to track, also against an ignore rule.
namespace fleet::git {

// By path.
using Tracked = std::map<std::string, model::TreeEntry, std::less<>>;

// What a workspace began with: asked for one path as a rule, for all only where the index lacks some.
struct FilesBefore {
  std::function<Result<bool>(const std::string& path)> holds;
  std::function<Result<std::size_t>()> count;
  std::function<Result<>(const std::function<void(const std::string& path)>& visit)> for_each;
};

struct OwnIndex {
  Tracked added;                     // not there before
  std::vector<std::string> dropped;  // there before, and not in it any more
  std::string problem;               // why it is not known; empty: it is
};

// Costs a look at one file where that is as it was written. Whoever worked in the workspace may have put
// anything in its place: what cannot be read as an index is no Error. None there: it tracks nothing more.
[[nodiscard]] Result<OwnIndex> read_own_index(const Root& work, std::optional<FileStamp> as_written,
                                              const FilesBefore& before);

// Of paths that were dropped, those that `git add -A` would not add again: an ignore rule matches them.
// `rules_of` gives the .gitignore of a folder ("" or ending in a slash); empty: it has none.
[[nodiscard]] Result<std::vector<std::string>> ignored_of(
    const std::vector<std::string>& dropped, const std::string& excludes,
    const std::function<Result<std::string>(const std::string& folder)>& rules_of);

// That it could not be read.
[[nodiscard]] std::vector<std::string> notes_of(const OwnIndex& index);

// For each path that the bytes of an index file (versions 2 to 4, gitformat-index(5)) track; false: they are
// no such thing, or not all of it.
[[nodiscard]] Result<bool> for_each_tracked(
    std::string_view index,
    const std::function<Result<>(const std::string& path, const model::TreeEntry& entry)>& visit);

// Takes out the submodules that a .gitmodules does not name: a repository within the workspace that was added
// as a whole would be one for nobody else.
void keep_named_submodules(Tracked& added, std::string_view gitmodules);

}  // namespace fleet::git
