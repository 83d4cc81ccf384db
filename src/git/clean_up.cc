#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "git/edited_tree.h"
#include "git/merge_changes.h"
#include "git/message.h"
#include "git/refs.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

// Where the work of a run's tasks can stand.
struct Places {
  // By task: the trees of the commits that brought a result of it in. Later commits may have changed it
  // again.
  std::map<std::string, std::vector<ObjectId>, std::less<>> merged;
  std::vector<ObjectId> tips;  // trees: work may have been taken over by hand, or squashed
};

// What holds work apart from a run's own refs: branches, remotes' branches and tags.
Result<std::vector<Ref>> list_holders(const Repository& repository, const Refs& refs) {
  std::vector<Ref> all;
  for (const std::string_view kind : {"refs/heads/", "refs/remotes/", "refs/tags/"}) {
    FLEET_TRY(const auto some, refs.list(kind));
    for (const Ref& ref : some) {
      const auto commit = repository.resolve(ref.name);  // a tag may name something else than a commit
      if (commit) all.push_back({ref.name, *commit});
    }
  }
  return all;
}

// Only what came from the run's start can hold work of it: one of another origin may lack a file that was
// never in it, and says nothing of its removal.
Result<Places> find_places(const Repository& repository, const std::vector<Ref>& holders, ObjectId start,
                           std::string_view run) {
  const ObjectStore& store = repository.objects();
  std::unordered_set<ObjectId> tips;
  for (const Ref& holder : holders) {
    FLEET_TRY(const bool is_of_start, repository.is_ancestor(start, holder.commit));
    if (is_of_start && holder.commit != start) tips.insert(holder.commit);
  }
  Places places;
  FLEET_TRY(const auto commits, repository.commits_beyond(start, {tips.begin(), tips.end()}));
  for (const ObjectId id : commits) {
    FLEET_TRY(const Commit commit, store.read_commit(id));
    if (trailer(commit.message, kRunTrailer) != run || trailer(commit.message, kRevertsTrailer)) continue;
    if (auto task = trailer(commit.message, kTaskTrailer)) places.merged[*task].push_back(commit.tree);
  }
  for (const ObjectId tip : tips) {
    FLEET_TRY(const ObjectId tree, store.tree_of(tip));
    places.tips.push_back(tree);
  }
  return places;
}

// Whether all that a snapshot changed since `before` stands in a tree: merged in once more, it would change
// nothing.
Result<bool> is_contained(ObjectStore& store, const std::vector<model::Change>& changes, ObjectId before,
                          ObjectId tree) {
  EditedTree edited(store, tree);
  ContentMerger contents(store);
  FLEET_TRY(const auto clashes, merge_into(edited, contents, changes, {{before}, nullptr}));
  if (!clashes.empty()) return false;
  FLEET_TRY(const auto missing, edited.changes());
  return missing.empty();
}

Result<bool> is_merged(ObjectStore& store, ObjectId snapshot, std::string_view task, const Places& places) {
  FLEET_TRY(const Commit commit, store.read_commit(snapshot));
  if (commit.parents.empty()) return false;
  FLEET_TRY(const ObjectId before, store.tree_of(commit.parents.front()));
  FLEET_TRY(const auto changes, diff(store, before, commit.tree));
  std::vector<ObjectId> trees = places.tips;
  if (const auto own = places.merged.find(task); own != places.merged.end())
    trees.insert(trees.begin(), own->second.begin(), own->second.end());
  for (const ObjectId tree : trees) {
    FLEET_TRY(const bool contained, is_contained(store, changes, before, tree));
    if (contained) return true;
  }
  return false;
}

// Whether the commit can be reached from a holder; or, after a squash or a rebase, the change of each commit
// since the start stands in one.
Result<bool> is_held(const Repository& repository, const std::vector<Ref>& holders, ObjectId commit,
                     std::optional<ObjectId> start, std::string_view run) {
  for (const Ref& holder : holders) {
    FLEET_TRY(const bool reaches, repository.is_ancestor(commit, holder.commit));
    if (reaches) return true;
  }
  if (!start) return false;
  FLEET_TRY(const bool is_whole, repository.is_ancestor(*start, commit));
  if (!is_whole) return false;
  FLEET_TRY(const Places places, find_places(repository, holders, *start, run));
  FLEET_TRY(const auto commits, repository.commits_beyond(*start, {commit}));
  for (const ObjectId id : commits) {
    FLEET_TRY(const Commit made, repository.objects().read_commit(id));
    const std::string task = trailer(made.message, kTaskTrailer).value_or("");
    FLEET_TRY(const bool stands, is_merged(repository.objects(), id, task, places));
    if (!stands) return false;
  }
  return true;
}

std::vector<Ref> without(std::vector<Ref> holders, const std::string& name) {
  std::erase_if(holders, [&](const Ref& holder) { return holder.name == name; });
  return holders;
}

}  // namespace

Result<CleanUp> clean_up(const Repository& repository, std::string_view run, std::string_view prefix,
                         Unmerged unmerged) {
  Refs refs(repository);
  ObjectStore& store = repository.objects();
  const std::string branch_name = branch_ref(run, prefix);
  const std::string tasks_start = fmt::format("refs/fleet/{}/tasks/", run);
  FLEET_TRY(const auto branch, refs.read(branch_name));
  FLEET_TRY(const auto start, refs.read(start_ref(run)));
  FLEET_TRY(const auto own, refs.list(fmt::format("refs/fleet/{}/", run)));

  CleanUp out;
  std::vector<RefUpdate> updates;
  const auto drop_or_keep = [&](const std::string& name, ObjectId now, bool is_elsewhere, const char* why) {
    if (is_elsewhere || unmerged == Unmerged::drop) {
      updates.push_back({name, {}, now});
      out.deleted.push_back(name);
    } else {
      out.kept.push_back(fmt::format("{}: {}", name, why));
    }
  };
  std::vector<Ref> holders;
  Places places;
  if (unmerged == Unmerged::keep) {
    FLEET_TRY(holders, list_holders(repository, refs));
    std::vector<Ref> with_head = holders;
    if (const auto head = repository.head()) with_head.push_back({"HEAD", head->commit});
    if (start) {
      FLEET_TRY(places, find_places(repository, with_head, *start, run));
    }
  }
  for (const Ref& ref : own) {
    bool is_elsewhere = true;
    if (ref.name.starts_with(tasks_start)) {
      const std::string_view rest = std::string_view(ref.name).substr(tasks_start.size());
      if (unmerged == Unmerged::keep) {
        FLEET_TRY(is_elsewhere, is_merged(store, ref.commit, rest.substr(0, rest.find('/')), places));
      }
    } else if (ref.name == result_ref(run)) {
      FLEET_TRY(is_elsewhere, is_held(repository, holders, ref.commit, start, run));
    }
    drop_or_keep(ref.name, ref.commit, is_elsewhere, "its work is in no branch");
  }
  if (branch) {
    FLEET_TRY(const bool is_elsewhere,
              is_held(repository, without(holders, branch_name), *branch, start, run));
    drop_or_keep(branch_name, *branch, is_elsewhere, "no other branch holds it");
  }
  // What the kept attempts started from must be found again.
  if (!out.kept.empty() && start) {
    std::erase(out.deleted, start_ref(run));
    std::erase_if(updates, [&](const RefUpdate& update) { return update.name == start_ref(run); });
  }
  FLEET_CHECK(refs.write(updates));
  return out;
}

}  // namespace fleet::git
