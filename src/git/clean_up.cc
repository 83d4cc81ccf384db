#include <fmt/format.h>

#include <set>

#include "git/message.h"
#include "git/refs.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

// The ids of a run's tasks whose commits are in a branch, looking back as far as the run's start.
Result<std::set<std::string, std::less<>>> delivered_tasks(const ObjectStore& store, ObjectId tip,
                                                           ObjectId start, std::string_view run) {
  std::set<std::string, std::less<>> tasks;
  ObjectId at = tip;
  while (at != start) {
    FLEET_TRY(const Commit commit, store.read_commit(at));
    if (trailer(commit.message, kRunTrailer) == run && !trailer(commit.message, kRevertsTrailer)) {
      if (auto task = trailer(commit.message, kTaskTrailer)) tasks.insert(*std::move(task));
    }
    if (commit.parents.empty()) break;
    at = commit.parents.front();
  }
  return tasks;
}

// Whether all that a snapshot changed stands like that in a tree.
Result<bool> is_contained(const ObjectStore& store, ObjectId snapshot, ObjectId tree) {
  FLEET_TRY(const Commit commit, store.read_commit(snapshot));
  if (commit.parents.empty()) return false;
  FLEET_TRY(const ObjectId before, store.tree_of(commit.parents.front()));
  FLEET_TRY(const auto changes, diff(store, before, commit.tree));
  for (const model::Change& change : changes) {
    FLEET_TRY(const auto entry, entry_at(store, tree, change.path));
    if (entry != change.after) return false;
  }
  return true;
}

// Another ref from which the commit can be reached: a branch, a remote's branch, a tag.
Result<std::optional<std::string>> held_by(const Repository& repository, const Refs& refs, ObjectId commit,
                                           const std::string& but_not) {
  for (const std::string_view kind : {"refs/heads/", "refs/remotes/", "refs/tags/"}) {
    FLEET_TRY(const auto all, refs.list(kind));
    for (const Ref& ref : all) {
      if (ref.name == but_not) continue;
      const auto target = repository.resolve(ref.name);  // a tag may name something else than a commit
      if (!target) continue;
      FLEET_TRY(const bool reaches, repository.is_ancestor(commit, *target));
      if (reaches) return ref.name;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<CleanUp> clean_up(const Repository& repository, std::string_view run, std::string_view prefix,
                         Unmerged unmerged) {
  Refs refs(repository);
  const ObjectStore& store = repository.objects();
  const std::string branch_name = branch_ref(run, prefix);
  const std::string tasks_start = fmt::format("refs/fleet/{}/tasks/", run);
  FLEET_TRY(const auto branch, refs.read(branch_name));
  FLEET_TRY(const auto start, refs.read(start_ref(run)));
  FLEET_TRY(const auto own, refs.list(fmt::format("refs/fleet/{}/", run)));

  CleanUp out;
  std::vector<RefUpdate> updates;
  const auto drop = [&](const std::string& name, ObjectId now) {
    updates.push_back({name, {}, now});
    out.deleted.push_back(name);
  };
  std::set<std::string, std::less<>> delivered;
  ObjectId branch_tree;
  if (branch) {
    FLEET_TRY(delivered, delivered_tasks(store, *branch, start.value_or(ObjectId{}), run));
    FLEET_TRY(branch_tree, store.tree_of(*branch));
  }
  for (const Ref& ref : own) {
    if (unmerged == Unmerged::keep && ref.name.starts_with(tasks_start)) {
      const std::string_view rest = std::string_view(ref.name).substr(tasks_start.size());
      const std::string_view task = rest.substr(0, rest.find('/'));
      bool merged = branch && delivered.contains(task);
      if (!merged && branch) {
        FLEET_TRY(merged, is_contained(store, ref.commit, branch_tree));
      }
      if (!merged) {
        out.kept.push_back(fmt::format("{}: its work is not in the branch {}/{}", ref.name, prefix, run));
        continue;
      }
    }
    drop(ref.name, ref.commit);
  }
  if (branch) {
    FLEET_TRY(const auto holder, held_by(repository, refs, *branch, branch_name));
    if (holder || unmerged == Unmerged::drop) {
      drop(branch_name, *branch);
    } else {
      out.kept.push_back(fmt::format("{}: no other branch holds it", branch_name));
    }
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
