#include "git/merge_changes.h"

#include <algorithm>
#include <map>

#include "git/merge.h"

namespace fleet::git {
namespace {

using model::Change;
using model::TreeEntry;

class Merging {
 public:
  Merging(EditedTree& edited, ObjectStore& store, const std::vector<Change>& changes, const Moves* moves)
      : edited_(edited), store_(store), changes_(changes), moves_(moves) {}

  Result<std::vector<Clash>> run() {
    for (const Change& change : changes_) {
      if (change.before.exists()) FLEET_CHECK(merge(change));
    }
    for (const Change& change : changes_) {
      if (!change.before.exists() && !moved_.contains(change.path)) FLEET_CHECK(merge(change));
    }
    for (const auto& [path, entry] : moved_) {
      FLEET_TRY(const TreeEntry there, edited_.at(path));
      if (entry != there) to_put_.emplace_back(&path, entry);
    }
    for (const auto& [path, entry] : to_put_) {
      FLEET_TRY(auto other, edited_.in_the_way_of(*path));
      if (!other) {
        edited_.put(*path, entry);
        continue;
      }
      clashes_.push_back({*path, *std::move(other)});
      // Somebody else's edits are in it: it stays where it was.
      if (const auto from = taken_from_.find(*path); from != taken_from_.end())
        edited_.put(from->second.path, from->second.after);
    }
    return std::move(clashes_);
  }

 private:
  Result<> merge(const Change& change) {
    FLEET_TRY(const TreeEntry ours, edited_.at(change.path));
    FLEET_TRY(const bool followed, follow(change, ours));
    if (followed) return {};
    FLEET_TRY(const auto merged, merge_entry(store_, change.before, ours, change.after));
    if (!merged) {
      clashes_.push_back({change.path, change.path});
    } else if (*merged != ours && merged->exists()) {
      to_put_.emplace_back(&change.path, *merged);
    } else if (*merged != ours) {
      edited_.put(change.path, *merged);
    }
    return {};
  }

  // Whether the change concerned a file that has moved, or that it moves away from somebody else's edits.
  Result<bool> follow(const Change& change, const TreeEntry& ours) {
    if (moves_ == nullptr || !change.before.exists() || ours == change.before) return false;
    const bool is_gone = !ours.exists();
    const bool removes = !change.after.exists();
    if (!is_gone && !removes) return false;
    std::optional<std::string> went, goes;
    if (is_gone) {
      FLEET_TRY(went, moves_->before(change.path));
    }
    if (removes) {
      FLEET_TRY(goes, moves_->own(change.path));
    }
    if (!went && !goes) return false;
    if (is_gone && removes && went != goes) {
      clashes_.push_back({change.path, change.path});
      if (goes) FLEET_CHECK(leave(*goes));
      return true;
    }
    const std::string& to = went ? *went : *goes;
    FLEET_TRY(const TreeEntry there, at(to));
    FLEET_TRY(auto merged, merge_moved(store_, change.before, is_gone ? there : ours,
                                       removes ? after_at(to) : change.after));
    if (merged && !is_gone) {
      FLEET_TRY(merged, merge_entry(store_, {}, there, *merged));
      if (merged) {
        taken_from_[to] = {change.path, {}, ours};
        edited_.put(change.path, {});
      }
    }
    if (merged) {
      moved_[to] = *merged;
    } else {
      clashes_.push_back({change.path, is_gone ? to : change.path});
      FLEET_CHECK(leave(to));
    }
    return true;
  }

  // What the changes put there belongs to a move that clashed.
  Result<> leave(const std::string& to) {
    FLEET_TRY(const TreeEntry there, at(to));
    moved_.emplace(to, there);
    return {};
  }

  // What stands at a path to which files move.
  Result<TreeEntry> at(const std::string& path) const {
    const auto moved = moved_.find(path);
    if (moved != moved_.end()) return moved->second;
    return edited_.at(path);
  }

  [[nodiscard]] TreeEntry after_at(const std::string& path) const {
    const auto at = std::lower_bound(
        changes_.begin(), changes_.end(), path,
        [](const Change& change, const std::string& wanted) { return change.path < wanted; });
    return at != changes_.end() && at->path == path ? at->after : TreeEntry{};
  }

  EditedTree& edited_;
  ObjectStore& store_;
  const std::vector<Change>& changes_;
  const Moves* const moves_;
  std::vector<Clash> clashes_;
  std::map<std::string, TreeEntry> moved_;    // what files that moved become, by where they are now
  std::map<std::string, Change> taken_from_;  // of them: where others had edited them, and what stood there
  std::vector<std::pair<const std::string*, TreeEntry>> to_put_;
};

}  // namespace

Result<std::vector<Clash>> merge_into(EditedTree& edited, ObjectStore& store,
                                      const std::vector<Change>& changes, const Moves* moves) {
  return Merging(edited, store, changes, moves).run();
}

}  // namespace fleet::git
