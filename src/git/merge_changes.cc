#include "git/merge_changes.h"

#include <map>

#include "git/merge.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

using model::Change;
using model::TreeEntry;

// Removals are made at once, what is put only when all is known: a rename that must be left undone puts its
// file back, for which there must be room.
class Merging {
 public:
  Merging(EditedTree& edited, ContentMerger& contents, const std::vector<Change>& changes,
          const MergeOptions& options)
      : edited_(edited),
        contents_(contents),
        changes_(changes),
        rules_(options.rules),
        renames_(options.renames) {}

  Result<std::vector<Clash>> run() {
    for (const Change& change : changes_) {
      if (change.before.exists()) FLEET_CHECK(merge(change));
    }
    for (const Change& change : changes_) {
      if (!change.before.exists() && !renamed_.contains(change.path)) FLEET_CHECK(merge(change));
    }
    for (const auto& [path, entry] : renamed_) {
      FLEET_TRY(const TreeEntry there, edited_.at(path));
      if (entry != there) puts_[path] = entry;
    }
    FLEET_CHECK(refuse_what_has_no_room());
    for (const auto& [path, entry] : puts_)
      edited_.put(path, entry);
    return std::move(clashes_);
  }

 private:
  Result<> merge(const Change& change) {
    FLEET_TRY(const TreeEntry ours, edited_.at(change.path));
    FLEET_TRY(const bool followed, follow(change, ours));
    if (followed) return {};
    FLEET_TRY(const auto merged,
              merge_entry(contents_, {change.path, rules_}, change.before, ours, change.after));
    if (!merged) {
      FLEET_CHECK(refuse(change.path, change.path));
    } else if (*merged != ours && merged->exists()) {
      puts_[change.path] = *merged;
    } else if (*merged != ours) {
      remove(change.path, ours);
    }
    return {};
  }

  // Whether the change concerned a file that was renamed, or that it renames with somebody else's edits in
  // it.
  Result<bool> follow(const Change& change, const TreeEntry& ours) {
    if (renames_ == nullptr || !change.before.exists() || ours == change.before) return false;
    const bool is_gone = !ours.exists();
    const bool removes = !change.after.exists();
    if (!is_gone && !removes) return false;
    std::optional<std::string> went, goes;
    if (is_gone) {
      FLEET_TRY(went, renames_->before(change.path));
    }
    if (removes) {
      FLEET_TRY(goes, renames_->own(change.path));
    }
    if (!went && !goes) return false;
    if (is_gone && removes && went != goes) {
      const std::string lost = goes.value_or("");
      if (went)
        clashes_.push_back({*went, *went, change.path, lost});
      else
        clashes_.push_back({change.path, change.path, {}, lost});
      if (goes) FLEET_CHECK(leave(*goes));
      return true;
    }
    const std::string& to = went ? *went : *goes;
    FLEET_TRY(const TreeEntry there, at(to));
    const Change* own = removes ? find_change(changes_, to) : &change;
    FLEET_TRY(auto merged, merge_renamed(contents_, {to, rules_}, change.before, is_gone ? there : ours,
                                         own != nullptr ? own->after : TreeEntry{}));
    if (merged && !is_gone) {
      FLEET_TRY(merged, merge_entry(contents_, {to, rules_}, {}, there, *merged));
      if (merged) remove(change.path, ours);
    }
    if (merged) {
      renamed_[to] = *merged;
      if (went) came_from_[to] = change.path;
    } else {
      clashes_.push_back({to, to, change.path});
      FLEET_CHECK(leave(to));
    }
    return true;
  }

  // What the changes put there belongs to a rename that clashed.
  Result<> leave(const std::string& to) {
    FLEET_TRY(const TreeEntry there, at(to));
    renamed_.emplace(to, there);
    return {};
  }

  // What stands at a path by which files go now.
  Result<TreeEntry> at(const std::string& path) const {
    const auto renamed = renamed_.find(path);
    if (renamed != renamed_.end()) return renamed->second;
    return edited_.at(path);
  }

  void remove(const std::string& path, const TreeEntry& ours) {
    edited_.put(path, {});
    if (renames_ != nullptr) removed_.emplace(path, ours);
  }

  // What was to be put at the path is not. If the changes renamed a file to it, that is put back: where it
  // is.
  Result<std::optional<std::string>> refuse(const std::string& path, std::string against) {
    std::optional<std::string> from;
    if (renames_ != nullptr) {
      FLEET_TRY(from, renames_->own_from(path));
    }
    const auto removed = from ? removed_.find(*from) : removed_.end();
    if (removed == removed_.end()) {
      const auto followed = came_from_.find(path);
      clashes_.push_back(
          {path, std::move(against), followed != came_from_.end() ? followed->second : std::string()});
      return std::nullopt;
    }
    edited_.put(removed->first, removed->second);
    clashes_.push_back({path, std::move(against), *from});
    return from;
  }

  // First for what the tree has no room, then for what has none beside the rest.
  Result<> refuse_what_has_no_room() {
    std::vector<std::string> all;
    for (const auto& [path, entry] : puts_)
      all.push_back(path);
    FLEET_CHECK(refuse_among(all, [](const std::string&) { return std::nullopt; }));
    return refuse_among(std::move(all), [this](const std::string& path) { return put_above(path); });
  }

  template <class Obstacle>
  Result<> refuse_among(std::vector<std::string> to_look_at, Obstacle obstacle) {
    while (!to_look_at.empty()) {
      const std::string path = std::move(to_look_at.back());
      to_look_at.pop_back();
      if (!puts_.contains(path)) continue;
      std::optional<std::string> other = obstacle(path);
      if (!other) {
        FLEET_TRY(other, edited_.in_the_way_of(path));
      }
      if (!other) continue;
      puts_.erase(path);
      FLEET_TRY(const auto back, refuse(path, *std::move(other)));
      if (!back) continue;
      for_each_above(*back, [&](std::string_view above) { to_look_at.emplace_back(above); });
      const std::string below = *back + '/';
      for (auto it = puts_.lower_bound(below); it != puts_.end() && it->first.starts_with(below); ++it)
        to_look_at.push_back(it->first);
    }
    return {};
  }

  std::optional<std::string> put_above(const std::string& path) const {
    std::optional<std::string> other;
    for_each_above(path, [&](std::string_view above) {
      if (!other && puts_.find(above) != puts_.end()) other = above;
    });
    return other;
  }

  template <class Use>
  static void for_each_above(std::string_view path, Use use) {
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
      use(path.substr(0, slash));
  }

  using Entries = std::map<std::string, TreeEntry, std::less<>>;

  EditedTree& edited_;
  ContentMerger& contents_;
  const std::vector<Change>& changes_;
  const MergeRules rules_;
  const RenameLookup* const renames_;
  std::vector<Clash> clashes_;
  Entries renamed_;                               // what renamed files become, by where they are now
  std::map<std::string, std::string> came_from_;  // where those were that others renamed
  Entries removed_;                               // what stood where the changes remove a file
  Entries puts_;
};

}  // namespace

Result<std::vector<Clash>> merge_into(EditedTree& edited, ContentMerger& contents,
                                      const std::vector<Change>& changes, const MergeOptions& options) {
  return Merging(edited, contents, changes, options).run();
}

}  // namespace fleet::git
