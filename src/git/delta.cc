#include "git/delta.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "git/merge.h"

namespace fleet::git {
namespace {

using model::Change;
using model::TreeEntry;

// Where a file is after these results, of which a later one may have renamed it again.
Result<std::optional<std::string>> renamed_by(const ObjectStore& store, std::span<const Applied> results,
                                              std::string_view path) {
  std::optional<std::string> at;
  for (const Applied& result : results) {
    const std::string_view from = at ? std::string_view(*at) : path;
    if (std::binary_search(result.clashed.begin(), result.clashed.end(), from, std::less<>())) continue;
    FLEET_TRY(auto to, result.delta->renamed_to(store, from));
    if (to) at = std::move(to);
  }
  return at;
}

// What a result made of a file: `after` is none when it removed it, `to` is where it renamed it to.
struct Made {
  TreeEntry after;
  std::optional<std::string> to;
};

Result<Made> made_of(const ObjectStore& store, const Delta& delta, std::string_view path) {
  const Change& change = *delta.find(path);
  if (change.after.exists()) return Made{change.after, std::nullopt};
  FLEET_TRY(auto to, delta.renamed_to(store, path));
  if (!to) return Made{};
  const TreeEntry after = delta.find(*to)->after;
  return Made{after, std::move(to)};
}

// As what the later of two results began with has it: it is the one that is merged into the other's work.
MergePath merge_path(const Delta& one, const Delta& other, std::string_view path) {
  return {path, {(one.result.task < other.result.task ? other : one).base_tree}};
}

}  // namespace

Result<Delta> Delta::create(const ObjectStore& store, const TaskResult& result) {
  Delta delta;
  delta.result = result;
  if (result.snapshot.is_none()) return delta;
  FLEET_TRY(delta.base_tree, store.tree_of(result.base));
  FLEET_TRY(delta.snapshot_tree, store.tree_of(result.snapshot));
  FLEET_TRY(delta.changes, diff(store, delta.base_tree, delta.snapshot_tree));
  delta.message_id = ObjectStore::hash_blob(result.message);
  return delta;
}

bool Delta::stands_on(TaskIndex task) const {
  return result.from && std::binary_search(result.from->begin(), result.from->end(), task);
}

Result<const Delta::Renames*> Delta::renames(const ObjectStore& store) const {
  if (!renames_) {
    Renames found;
    FLEET_TRY(found.by_from, find_renames(store, changes));
    found.by_to.resize(found.by_from.size());
    std::iota(found.by_to.begin(), found.by_to.end(), 0U);
    std::sort(found.by_to.begin(), found.by_to.end(),
              [&](std::uint32_t a, std::uint32_t b) { return found.by_from[a].to < found.by_from[b].to; });
    renames_ = std::make_shared<const Renames>(std::move(found));
  }
  return renames_.get();
}

Result<std::optional<std::string>> Delta::renamed_to(const ObjectStore& store, std::string_view from) const {
  const Change* change = find(from);
  if (change == nullptr || change->after.exists()) return std::nullopt;
  FLEET_TRY(const Renames* known, renames(store));
  const auto at =
      std::lower_bound(known->by_from.begin(), known->by_from.end(), from,
                       [](const Rename& rename, std::string_view wanted) { return rename.from < wanted; });
  if (at == known->by_from.end() || at->from != from) return std::nullopt;
  return at->to;
}

Result<const Change*> Delta::renamed_from(const ObjectStore& store, std::string_view to) const {
  const Change* change = find(to);
  if (change == nullptr || change->before.exists()) return nullptr;
  FLEET_TRY(const Renames* known, renames(store));
  const auto at = std::lower_bound(
      known->by_to.begin(), known->by_to.end(), to,
      [&](std::uint32_t index, std::string_view wanted) { return known->by_from[index].to < wanted; });
  if (at == known->by_to.end() || known->by_from[*at].to != to) return nullptr;
  return find(known->by_from[*at].from);
}

RenameLookup lookup_of(const ObjectStore& store, std::span<const Applied> before, const Delta& own) {
  return {[&store, before](std::string_view path) { return renamed_by(store, before, path); },
          [&store, &own](std::string_view path) { return own.renamed_to(store, path); },
          [&store, &own](std::string_view path) -> Result<std::optional<std::string>> {
            FLEET_TRY(const Change* from, own.renamed_from(store, path));
            if (from == nullptr) return std::nullopt;
            return from->path;
          }};
}

Result<bool> both_stand(ContentMerger& contents, const Delta& one, const Delta& other,
                        std::string_view path) {
  const ObjectStore& store = contents.store();
  const Change& ours = *one.find(path);
  const Change& theirs = *other.find(path);
  const MergePath at = merge_path(one, other, path);
  FLEET_TRY(const bool merge, entries_merge(contents, at, ours.before, theirs.after, ours.after));
  if (merge && (ours.after.exists() || theirs.after.exists())) return true;
  if (!ours.before.exists()) {  // unless both renamed the same file to it
    FLEET_TRY(const Change* our_file, one.renamed_from(store, path));
    FLEET_TRY(const Change* their_file, other.renamed_from(store, path));
    if (our_file == nullptr || their_file == nullptr || our_file->path != their_file->path) return false;
    return renamed_merge(contents, at, our_file->before, theirs.after, ours.after);
  }
  FLEET_TRY(const Made by_us, made_of(store, one, path));
  FLEET_TRY(const Made by_them, made_of(store, other, path));
  if (!ours.after.exists() && !theirs.after.exists()) return by_us.to == by_them.to;
  if (!by_us.to && !by_them.to) return false;
  const std::string& to = by_us.to ? *by_us.to : *by_them.to;
  return renamed_merge(contents, merge_path(one, other, to), ours.before, by_them.after, by_us.after);
}

Result<bool> clashes_with(ContentMerger& contents, const Delta& loser, const Clash& clash,
                          const Delta& other) {
  const Change* there = other.find(clash.against);
  if (clash.path != clash.against) return there != nullptr && there->after.exists();
  const auto is_at_odds_at = [&](std::string_view path) -> Result<bool> {
    FLEET_TRY(const bool stands, both_stand(contents, loser, other, path));
    return !stands;
  };
  if (clash.from.empty()) return is_at_odds_at(clash.path);
  if (other.find(clash.from) != nullptr) {
    FLEET_TRY(const bool is_at_odds, is_at_odds_at(clash.from));
    if (is_at_odds) return true;
  }
  if (there == nullptr) return false;
  if (loser.find(clash.path) != nullptr && !there->before.exists()) return is_at_odds_at(clash.path);
  FLEET_TRY(const Made made, made_of(contents.store(), loser, clash.from));
  if (made.to && *made.to != clash.path) return true;
  FLEET_TRY(const bool do_merge, renamed_merge(contents, merge_path(loser, other, clash.path),
                                               loser.find(clash.from)->before, there->after, made.after));
  return !do_merge;
}

}  // namespace fleet::git
