#include "git/rollback.h"

#include <fmt/format.h>

#include <algorithm>

#include "git/message.h"
#include "git/overlay.h"
#include "git/path.h"
#include "git/refs.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

// The commits that a run put on its branch and that still count, the latest first. Follows first parents, so
// that what the user merged in is not searched, and ends at the run's start or, when that is not known, where
// the run's commits end.
Result<std::vector<Commit>> standing_commits(const ObjectStore& store, ObjectId tip,
                                             std::optional<ObjectId> start, std::string_view run) {
  std::vector<Commit> found;
  std::set<std::string> reverted;
  ObjectId at = tip;
  while (at != start) {
    FLEET_TRY(Commit commit, store.read_commit(at));
    const bool is_of_run = trailer(commit.message, kRunTrailer) == run;
    if (is_of_run) {
      for (std::string& id : all_trailers(commit.message, kRevertsTrailer))
        reverted.insert(std::move(id));
    } else if (!start && !found.empty()) {
      break;
    }
    if (commit.parents.empty()) break;
    at = commit.parents.front();
    if (is_of_run && trailer(commit.message, kTaskTrailer)) found.push_back(std::move(commit));
  }
  std::erase_if(found, [&](const Commit& commit) { return reverted.contains(commit.id.hex()); });
  return found;
}

std::string describe(const RollbackRequest& request, const std::vector<Commit>& commits) {
  std::vector<Trailer> trailers{{std::string(kRunTrailer), request.run}};
  std::string body;
  for (const Commit& commit : commits) {
    body += fmt::format("{}\n", *trailer(commit.message, kTaskTrailer));
    trailers.push_back({std::string(kRevertsTrailer), commit.id.hex()});
  }
  const std::string subject =
      request.tasks.empty()
          ? fmt::format("Roll back the run {}", request.run)
          : fmt::format("Roll back {} of the run {}", fmt::join(request.tasks, ", "), request.run);
  return compose_message(subject, body, trailers);
}

}  // namespace

Result<RollbackOutcome> roll_back(const Repository& repository, const RollbackRequest& request) {
  ObjectStore& store = repository.objects();
  Refs refs(repository);
  const std::string branch = branch_ref(request.run, request.prefix);
  FLEET_TRY(const auto tip, refs.read(branch));
  if (!tip) {
    return base::fail_input(
        "roll back the run", request.run,
        fmt::format("there is no branch {}/{}", request.prefix, request.run),
        "`fleet runs` lists the runs; one that delivered no branch has nothing to roll back");
  }
  FLEET_TRY(const auto start, refs.read(start_ref(request.run)));
  FLEET_TRY(auto commits, standing_commits(store, *tip, start, request.run));
  if (!request.tasks.empty()) {
    std::erase_if(commits, [&](const Commit& commit) {
      return !request.tasks.contains(*trailer(commit.message, kTaskTrailer));
    });
  }
  const auto nothing_left = [&] {
    return base::fail_input(
        "roll back", request.tasks.empty() ? request.run : fmt::format("{}", fmt::join(request.tasks, ", ")),
        fmt::format("nothing of it is left in the branch {}/{}", request.prefix, request.run),
        "it changed nothing, or was rolled back before: see `git log` of that branch");
  };
  if (commits.empty()) return nothing_left();

  FLEET_TRY(const ObjectId tip_tree, store.tree_of(*tip));
  Overlay overlay(store, tip_tree);
  RollbackOutcome outcome;
  std::set<std::string> conflicts;
  for (const Commit& commit : commits) {
    FLEET_TRY(const ObjectId parent_tree, store.tree_of(commit.parents.front()));
    FLEET_TRY(const auto reverse, diff(store, commit.tree, parent_tree));
    FLEET_TRY(const auto clashes, merge_into(overlay, store, reverse));
    for (const Clash& clash : clashes)
      conflicts.insert(clash.path);
  }
  std::reverse(commits.begin(), commits.end());
  for (const Commit& commit : commits)
    outcome.reverted.push_back(*trailer(commit.message, kTaskTrailer));
  if (!conflicts.empty()) {
    outcome.conflicts.assign(conflicts.begin(), conflicts.end());
    return outcome;
  }
  FLEET_TRY(const auto changes, overlay.changes());
  if (changes.empty()) return nothing_left();
  FLEET_TRY(const ObjectId tree, update(store, tip_tree, changes));
  FLEET_TRY(outcome.commit, store.write_commit({tree, {*tip}, describe(request, commits), request.when}));
  FLEET_CHECK(store.sync());
  FLEET_CHECK(refs.write(std::vector<RefUpdate>{{branch, outcome.commit, *tip}}));
  FLEET_CHECK(store.sync());
  return outcome;
}

}  // namespace fleet::git
