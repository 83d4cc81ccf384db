#include "git/integration.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/assert.h"
#include "git/delta.h"
#include "git/edited_tree.h"
#include "git/path.h"

namespace fleet::git {
namespace {

using model::Change;
using model::Conflict;

using DeltaPointer = std::shared_ptr<const Delta>;

using Paths = std::set<std::string, std::less<>>;

// What one more result on top of a chain gives. The chain is told by its number, not by its commit: that does
// not tell what the results in it have renamed.
struct Step {
  std::size_t onto;
  ObjectId base;
  ObjectId snapshot;
  ObjectId message;
  bool operator==(const Step&) const = default;
};
struct StepHash {
  std::size_t operator()(const Step& step) const {
    const std::hash<ObjectId> hash;  // random bits already: mixed so that equal ids do not cancel out
    return step.onto + 3 * hash(step.base) + 5 * hash(step.snapshot) + 7 * hash(step.message);
  }
};
struct Link {
  std::size_t number;  // 0: the start
  ObjectId commit;
  ObjectId tree;
  std::vector<Clash> clashes;
};

// The paths of the result's own that clash, and those that it does not rename after all, ascending.
std::vector<std::string> paths_of(const std::vector<Clash>& clashes) {
  std::vector<std::string> paths;
  for (const Clash& clash : clashes) {
    paths.push_back(clash.path);
    for (const std::string* other : {&clash.from, &clash.lost})
      if (!other->empty()) paths.push_back(*other);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Who loses where, in one fold.
using Losses = std::set<std::pair<TaskIndex, Clash>>;

// Which paths losers give way in, by loser, then winner.
using Pairs = std::map<std::pair<TaskIndex, TaskIndex>, Paths>;

struct Accepted {
  DeltaPointer delta;
  OnConflict on_conflict;
};

}  // namespace

struct Integration::State {
  explicit State(ObjectStore& objects) : store(objects), contents(objects) {}

  ObjectStore& store;
  ContentMerger contents;
  ObjectId start;
  ObjectId start_tree;
  TimePoint date{};
  std::map<TaskIndex, Accepted> accepted;
  std::map<std::string, std::vector<TaskIndex>, std::less<>> touched;  // path -> tasks in plan order
  std::unordered_map<Step, Link, StepHash> links;
  std::map<TaskIndex, DeltaPointer> deltas;  // of the last result of each task: it may be offered again
  bool has_overridden = false;

  [[nodiscard]] Result<DeltaPointer> delta_of(const TaskResult& result);
  void add_related(std::string_view path, const Delta& offered, Paths& group) const;
  [[nodiscard]] std::vector<const Delta*> touching(std::string_view path, const Delta* offered) const;
  [[nodiscard]] Result<> add_renamed(const std::string& path, const Delta& offered, Paths& group) const;
  [[nodiscard]] Result<Paths> shared_paths(const Delta& offered) const;
  [[nodiscard]] Result<Losses> fold(const Paths& group, const Delta* offered);
  [[nodiscard]] Result<std::vector<TaskIndex>> winners(const Delta& loser, const Clash& clash,
                                                       const Delta* offered);
  [[nodiscard]] Result<Pairs> give_way(const Losses& losses, const Losses& known, const Delta* offered);
  [[nodiscard]] Result<bool> is_unmergeable(const std::string& path, const Delta& loser, const Delta& winner);
  [[nodiscard]] Result<std::vector<Conflict>> conflicts_of(const Pairs& pairs, const Delta* offered);
  [[nodiscard]] Result<std::vector<Conflict>> conflicts(const Delta& offered);
  [[nodiscard]] Result<std::vector<std::pair<TaskIndex, std::string>>> clashes_of_two(const Paths& group,
                                                                                      const Delta& offered);
  void take(DeltaPointer delta, OnConflict on_conflict);
  [[nodiscard]] Result<ObjectId> chain(const std::vector<TaskIndex>& tasks, Losses* losses = nullptr);
  [[nodiscard]] Result<Link> extend(Link onto, std::span<const Applied> before, const Delta& delta,
                                    bool may_override);
};

// Adds what another result did at the path, above it or below it, and the offered result's own paths there.
void Integration::State::add_related(std::string_view path, const Delta& offered, Paths& group) const {
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string_view above = path.substr(0, slash);
    if (touched.find(above) != touched.end() || offered.find(above) != nullptr) group.emplace(above);
  }
  const std::string below = std::string(path) + '/';
  for (auto it = touched.lower_bound(below); it != touched.end() && it->first.starts_with(below); ++it)
    group.insert(it->first);
  auto own =
      std::lower_bound(offered.changes.begin(), offered.changes.end(), below,
                       [](const Change& change, std::string_view wanted) { return change.path < wanted; });
  for (; own != offered.changes.end() && own->path.starts_with(below); ++own)
    group.insert(own->path);
}

// The accepted results that touched the path, in plan order, and the offered one.
std::vector<const Delta*> Integration::State::touching(std::string_view path, const Delta* offered) const {
  std::vector<const Delta*> out;
  if (const auto tasks = touched.find(path); tasks != touched.end()) {
    for (const TaskIndex task : tasks->second)
      out.push_back(accepted.at(task).delta.get());
  }
  if (offered != nullptr && offered->find(path) != nullptr) out.push_back(offered);
  return out;
}

// Adds where results that touched the path renamed its file to, and where they renamed it from.
Result<> Integration::State::add_renamed(const std::string& path, const Delta& offered, Paths& group) const {
  for (const Delta* delta : touching(path, &offered)) {
    FLEET_TRY(auto to, delta->renamed_to(store, path));
    if (to) group.insert(*std::move(to));
    FLEET_TRY(const Change* from, delta->renamed_from(store, path));
    if (from != nullptr) group.insert(from->path);
  }
  return {};
}

// The offered result's paths that another result touched too, with all paths that cannot be judged apart from
// them. Empty when the result shares nothing.
Result<Paths> Integration::State::shared_paths(const Delta& offered) const {
  const auto touched_by_others = [&](std::string_view path) {
    if (touched.find(path) != touched.end()) return true;
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
      if (touched.find(path.substr(0, slash)) != touched.end()) return true;
    }
    const std::string below = std::string(path) + '/';
    const auto next = touched.lower_bound(below);
    return next != touched.end() && next->first.starts_with(below);
  };
  Paths group;
  std::vector<std::string> to_expand;
  for (const Change& change : offered.changes) {
    if (touched_by_others(change.path) && group.insert(change.path).second) to_expand.push_back(change.path);
  }
  while (!to_expand.empty()) {
    const std::string path = std::move(to_expand.back());
    to_expand.pop_back();
    Paths related;
    add_related(path, offered, related);
    FLEET_CHECK(add_renamed(path, offered, related));
    for (const std::string& other : related) {
      if (group.insert(other).second) to_expand.push_back(other);
    }
  }
  return group;
}

Result<DeltaPointer> Integration::State::delta_of(const TaskResult& result) {
  DeltaPointer& delta = deltas[result.task];
  if (!delta || !delta->result.is(result)) {
    FLEET_TRY(Delta created, Delta::create(store, result));
    delta = std::make_shared<const Delta>(std::move(created));
  }
  return delta;
}

// merged() of all accepted results, and the offered one, looking at the group's paths only.
Result<Losses> Integration::State::fold(const Paths& group, const Delta* offered) {
  std::set<TaskIndex> tasks;
  for (const std::string& path : group) {
    if (const auto touching = touched.find(path); touching != touched.end()) {
      tasks.insert(touching->second.begin(), touching->second.end());
    }
  }
  if (offered != nullptr) tasks.insert(offered->result.task);
  EditedTree edited(store, start_tree);
  Losses losses;
  std::vector<Applied> before;
  for (const TaskIndex task : tasks) {
    const Delta& delta =
        offered != nullptr && task == offered->result.task ? *offered : *accepted.at(task).delta;
    std::vector<Change> changes;
    for (const std::string& path : group) {
      if (const Change* change = delta.find(path)) changes.push_back(*change);
    }
    const RenameLookup renames = lookup_of(store, before, delta);
    FLEET_TRY(auto clashes, merge_into(edited, contents, changes, {{delta.base_tree}, &renames}));
    std::vector<std::string> clashed = paths_of(clashes);
    for (Clash& clash : clashes)
      losses.emplace(task, std::move(clash));
    before.push_back({&delta, std::move(clashed)});
  }
  return losses;
}

// Whom a result gives way to in a clash, of those before it that touched the path, or where its file was:
// those that it clashes with by itself. Where it gets on with each but not with all of them together, all
// that it does not stand on: if one of them goes, the clash may go too. None: a file of its own has no room
// since another was put back.
Result<std::vector<TaskIndex>> Integration::State::winners(const Delta& loser, const Clash& clash,
                                                           const Delta* offered) {
  std::map<TaskIndex, const Delta*> before;
  for (const std::string* path : {&clash.against, &clash.from}) {
    for (const Delta* other : touching(*path, offered))
      if (other->result.task < loser.result.task) before.emplace(other->result.task, other);
  }
  std::vector<TaskIndex> alone, together, all;
  for (const auto& [task, other] : before) {
    all.push_back(task);
    if (loser.stands_on(task)) continue;
    together.push_back(task);
    FLEET_TRY(const bool clashes, clashes_with(contents, loser, clash, *other));
    if (clashes) alone.push_back(task);
  }
  for (std::vector<TaskIndex>* out : {&alone, &together, &all}) {
    if (!out->empty()) return std::move(*out);
  }
  return std::vector<TaskIndex>{};
}

// The accepted results that made something else of a path than the offered one, from the same beginnings,
// with the path.
Result<std::vector<std::pair<TaskIndex, std::string>>> Integration::State::clashes_of_two(
    const Paths& group, const Delta& offered) {
  std::vector<std::pair<TaskIndex, std::string>> out;
  for (const std::string& path : group) {
    const Change* ours = offered.find(path);
    const auto touching = touched.find(path);
    if (ours == nullptr || touching == touched.end()) continue;
    for (const TaskIndex task : touching->second) {
      const Delta& other = *accepted.at(task).delta;
      const Change& theirs = *other.find(path);
      if (!(theirs.before == ours->before)) continue;
      if (theirs.after == ours->after && theirs.after.exists()) continue;
      if (offered.stands_on(task) || other.stands_on(offered.result.task)) continue;
      FLEET_TRY(const bool stand, both_stand(contents, offered, other, path));
      if (stand) continue;
      out.emplace_back(task, path);
      const Delta& loser = offered.result.task < task ? other : offered;
      FLEET_TRY(auto lost, loser.renamed_to(store, path));
      if (lost) out.emplace_back(task, *std::move(lost));
    }
  }
  return out;
}

// Who gives way to whom in the losses that are not known yet.
Result<Pairs> Integration::State::give_way(const Losses& losses, const Losses& known, const Delta* offered) {
  Pairs pairs;
  std::map<TaskIndex, Paths> follow;  // what clashes only because others of its own do
  // By loser and path, known ones too.
  std::map<std::pair<TaskIndex, std::string>, std::set<TaskIndex>> lost_to;
  for (const auto& loss : losses) {
    const auto& [loser, clash] = loss;
    const Delta& loses =
        offered != nullptr && loser == offered->result.task ? *offered : *accepted.at(loser).delta;
    FLEET_TRY(auto against, winners(loses, clash, offered));
    // What it was built on has given way there itself: it gives way to the same.
    std::set<TaskIndex> beyond;
    for (const TaskIndex winner : against) {
      const auto lost = lost_to.find({winner, clash.against});
      if (loses.stands_on(winner) && lost != lost_to.end())
        beyond.insert(lost->second.begin(), lost->second.end());
    }
    if (!beyond.empty()) against.assign(beyond.begin(), beyond.end());
    // Nor does one stand there that has given way to another.
    const auto stands = [&, &path = clash.against](TaskIndex task) {
      return !lost_to.contains({task, path});
    };
    if (std::any_of(against.begin(), against.end(), stands)) {
      std::erase_if(against, [&](TaskIndex task) { return !stands(task); });
    }
    Paths own;
    for (const std::string* other : {&clash.from, &clash.lost})
      if (!other->empty()) own.insert(*other);
    if (loses.find(clash.path) != nullptr) own.insert(clash.path);
    for (const std::string& path : own)
      lost_to[{loser, path}].insert(against.begin(), against.end());
    if (known.contains(loss)) continue;
    for (const TaskIndex winner : against)
      pairs[{loser, winner}].insert(own.begin(), own.end());
    if (against.empty() && !own.empty()) follow[loser].merge(own);
  }
  for (const auto& [loser, own] : follow) {
    auto pair = pairs.lower_bound({loser, TaskIndex{}});
    if (pair == pairs.end() || pair->first.first != loser) {
      return base::fail_input("integrate the path", quote_path(*own.begin()),
                              "its task was built on results that are not integrated");
    }
    for (; pair != pairs.end() && pair->first.first == loser; ++pair)
      pair->second.insert(own.begin(), own.end());
  }
  return pairs;
}

// Whether both made a file of the path, and one cannot be merged for its bytes.
Result<bool> Integration::State::is_unmergeable(const std::string& path, const Delta& loser,
                                                const Delta& winner) {
  const Change* lost = loser.find(path);
  const Change* won = winner.find(path);
  if (lost == nullptr || won == nullptr) return false;
  for (const model::TreeEntry* side : {&lost->after, &won->after}) {
    if (!side->is_file()) return false;
  }
  for (const model::TreeEntry* side : {&lost->after, &won->after, &lost->before}) {
    if (!side->is_file()) continue;
    FLEET_TRY(const bool is_mergeable, contents.is_mergeable(side->id));
    if (!is_mergeable) return true;
  }
  return false;
}

Result<std::vector<Conflict>> Integration::State::conflicts_of(const Pairs& pairs, const Delta* offered) {
  const auto delta = [&](TaskIndex task) -> const Delta& {
    return offered != nullptr && task == offered->result.task ? *offered : *accepted.at(task).delta;
  };
  std::vector<Conflict> out;
  out.reserve(pairs.size());
  for (const auto& [pair, paths] : pairs) {
    Conflict& conflict = out.emplace_back(Conflict{pair.first, pair.second, {paths.begin(), paths.end()}});
    for (const std::string& path : conflict.paths) {
      FLEET_TRY(const bool unmergeable, is_unmergeable(path, delta(pair.first), delta(pair.second)));
      if (unmergeable) conflict.unmergeable.push_back(path);
    }
  }
  return out;
}

Result<std::vector<Conflict>> Integration::State::conflicts(const Delta& offered) {
  FLEET_TRY(const Paths group, shared_paths(offered));
  if (group.empty()) return std::vector<Conflict>{};
  FLEET_TRY(const Losses losses, fold(group, &offered));
  Losses known;
  if (has_overridden) {
    FLEET_TRY(known, fold(group, nullptr));
  }
  FLEET_TRY(Pairs pairs, give_way(losses, known, &offered));
  FLEET_TRY(const auto clashes, clashes_of_two(group, offered));
  for (const auto& [task, path] : clashes)
    pairs[{std::max(task, offered.result.task), std::min(task, offered.result.task)}].insert(path);
  return conflicts_of(pairs, &offered);
}

// `before`: what has come together up to there.
Result<Link> Integration::State::extend(Link onto, std::span<const Applied> before, const Delta& delta,
                                        bool may_override) {
  const Step step{onto.number, delta.result.base, delta.result.snapshot, delta.message_id};
  if (const auto known = links.find(step); known != links.end()) return known->second;
  Link link{links.size() + 1, onto.commit, delta.snapshot_tree, {}};
  if (delta.base_tree != onto.tree) {
    EditedTree edited(store, onto.tree);
    const RenameLookup renames = lookup_of(store, before, delta);
    FLEET_TRY(auto clashes, merge_into(edited, contents, delta.changes, {{delta.base_tree}, &renames}));
    if (!clashes.empty() && !may_override) {
      return base::fail_input("merge the results up to",
                              delta.result.message.substr(0, delta.result.message.find('\n')),
                              fmt::format("{} cannot be merged without the results it was built on",
                                          quote_path(clashes.front().path)));
    }
    link.clashes = std::move(clashes);
    FLEET_TRY(const auto changes, edited.changes());
    FLEET_CHECK(contents.keep(changes));
    FLEET_TRY(link.tree, update(store, onto.tree, changes));
  }
  if (link.tree != onto.tree) {
    FLEET_TRY(link.commit, store.write_commit({link.tree, {onto.commit}, delta.result.message, date}));
  }
  links.emplace(step, link);
  return link;
}

// `tasks` are in plan order. Adds to `losses` who loses where.
Result<ObjectId> Integration::State::chain(const std::vector<TaskIndex>& tasks, Losses* losses) {
  Link link{0, start, start_tree, {}};
  bool may_override = false;
  std::vector<Applied> before;
  for (const TaskIndex task : tasks) {
    const auto found = accepted.find(task);
    if (found == accepted.end() || found->second.delta->changes.empty()) continue;
    may_override = may_override || found->second.on_conflict == OnConflict::earlier_wins;
    const Delta& delta = *found->second.delta;
    FLEET_TRY(link, extend(link, before, delta, may_override));
    before.push_back({&delta, paths_of(link.clashes)});
    if (losses == nullptr) continue;
    for (const Clash& clash : link.clashes)
      losses->emplace(task, clash);
  }
  return link.commit;
}

void Integration::State::take(DeltaPointer delta, OnConflict on_conflict) {
  const TaskIndex task = delta->result.task;
  for (const Change& change : delta->changes) {
    auto& tasks = touched[change.path];
    tasks.insert(std::lower_bound(tasks.begin(), tasks.end(), task), task);
  }
  accepted.emplace(task, Accepted{std::move(delta), on_conflict});
}

Integration::Integration(std::unique_ptr<State> state) : state_(std::move(state)) {}
Integration::Integration(Integration&&) noexcept = default;
Integration& Integration::operator=(Integration&&) noexcept = default;
Integration::~Integration() = default;

Result<Integration> Integration::create(ObjectStore& store, ObjectId start_commit) {
  FLEET_TRY(const Commit start, store.read_commit(start_commit));
  auto state = std::make_unique<State>(store);
  state->start = start_commit;
  state->start_tree = start.tree;
  state->date = start.committer.when;
  return Integration(std::move(state));
}

Result<std::vector<Conflict>> Integration::check(const TaskResult& result) {
  FLEET_ASSERT(!holds(result.task), "a result is checked before it is accepted");
  state_->contents.make_room();
  FLEET_TRY(const DeltaPointer delta, state_->delta_of(result));
  return state_->conflicts(*delta);
}

Result<Acceptance> Integration::accept(const TaskResult& result, OnConflict on_conflict) {
  FLEET_TRY(auto conflicts, check(result));
  if (!conflicts.empty() && on_conflict == OnConflict::report) return Acceptance{false, std::move(conflicts)};
  FLEET_TRY(DeltaPointer delta, state_->delta_of(result));
  state_->take(std::move(delta), on_conflict);
  if (!conflicts.empty()) state_->has_overridden = true;
  return Acceptance{true, std::move(conflicts)};
}

Result<> Integration::restore(const TaskResult& result, OnConflict on_conflict) {
  FLEET_ASSERT(!holds(result.task), "a result is restored once");
  FLEET_TRY(DeltaPointer delta, state_->delta_of(result));
  state_->take(std::move(delta), on_conflict);
  if (on_conflict == OnConflict::earlier_wins) state_->has_overridden = true;
  return {};
}

Result<std::vector<Conflict>> Integration::overridden() {
  state_->contents.make_room();
  std::vector<TaskIndex> all;
  for (const auto& [task, result] : state_->accepted)
    all.push_back(task);
  Losses losses;
  FLEET_CHECK(state_->chain(all, &losses));
  FLEET_TRY(const Pairs pairs, state_->give_way(losses, {}, nullptr));
  return state_->conflicts_of(pairs, nullptr);
}

void Integration::withdraw(TaskIndex task) {
  const auto found = state_->accepted.find(task);
  if (found == state_->accepted.end()) return;
  for (const Change& change : found->second.delta->changes) {
    const auto touching = state_->touched.find(change.path);
    std::erase(touching->second, task);
    if (touching->second.empty()) state_->touched.erase(touching);
  }
  state_->accepted.erase(found);
}

bool Integration::holds(TaskIndex task) const {
  return state_->accepted.contains(task);
}

Result<ObjectId> Integration::merged(std::span<const TaskIndex> set) {
  state_->contents.make_room();
  std::vector<TaskIndex> tasks(set.begin(), set.end());
  std::sort(tasks.begin(), tasks.end());
  tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
  FLEET_TRY(ObjectId commit, state_->chain(tasks));
  if (commit == state_->start || state_->store.still_contains(commit)) return commit;
  // No ref holds it yet, and a `git gc` that prunes at once has taken it.
  state_->links.clear();
  state_->contents.clear();
  return state_->chain(tasks);
}

}  // namespace fleet::git
