#include "git/rollback.h"

#include <fmt/format.h>

#include <algorithm>

#include "git/edited_tree.h"
#include "git/merge_changes.h"
#include "git/message.h"
#include "git/path.h"
#include "git/refs.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

struct BranchCommits {
  std::vector<Commit> standing;    // those of tasks that still count, the latest first
  std::set<std::string> reverted;  // tasks
  ObjectId delivered;              // the latest of them all
};

// The commits that a run put on its branch. Follows first parents, so that what the user merged in is not
// searched, and ends at the run's start or, when that is not known, where the run's commits end.
Result<BranchCommits> commits_of(const ObjectStore& store, ObjectId tip, std::optional<ObjectId> start,
                                 std::string_view run) {
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
  BranchCommits commits;
  if (!found.empty()) commits.delivered = found.front().id;
  for (Commit& commit : found) {
    if (reverted.contains(commit.id.hex())) {
      commits.reverted.insert(*trailer(commit.message, kTaskTrailer));
    } else {
      commits.standing.push_back(std::move(commit));
    }
  }
  return commits;
}

// What the branch loses when all results but those of some tasks are merged again. None where the results are
// not those that it holds: some came in, or were taken back, after it was written last.
Result<std::optional<std::vector<model::Change>>> merged_again(ObjectStore& store, ObjectId start,
                                                               const RollbackRequest& request,
                                                               const BranchCommits& branch) {
  FLEET_TRY(Integration integration, Integration::create(store, start));
  std::vector<TaskIndex> delivered, before, left;
  for (auto [id, result] : request.results) {
    if (result.snapshot.is_none()) continue;
    FLEET_TRY(const Commit commit, store.read_commit(result.snapshot));
    result.message = without_trailer(commit.message, kAttemptTrailer);
    FLEET_CHECK(integration.restore(result, request.on_conflict));
    delivered.push_back(result.task);
    if (branch.reverted.contains(id)) continue;
    before.push_back(result.task);
    if (!request.tasks.empty() && !request.tasks.contains(id)) left.push_back(result.task);
  }
  FLEET_TRY(const ObjectId whole, integration.merged(delivered));
  if (whole != branch.delivered) return std::nullopt;
  FLEET_TRY(const ObjectId all, integration.merged(before));
  FLEET_TRY(const ObjectId rest, integration.merged(left));
  FLEET_TRY(const ObjectId all_tree, store.tree_of(all));
  FLEET_TRY(const ObjectId rest_tree, store.tree_of(rest));
  FLEET_TRY(auto changes, diff(store, all_tree, rest_tree));
  return changes;
}

// The reverse of each commit, merged into the edited tree; what clashes is told.
Result<std::vector<Clash>> reverse_all(ObjectStore& store, const std::vector<Commit>& commits,
                                       EditedTree& edited, ContentMerger& contents, const MergeRules& rules) {
  std::vector<Clash> all;
  for (const Commit& commit : commits) {
    FLEET_TRY(const ObjectId parent_tree, store.tree_of(commit.parents.front()));
    FLEET_TRY(const auto reverse, diff(store, commit.tree, parent_tree));
    FLEET_TRY(const auto clashes, merge_into(edited, contents, reverse, {rules, nullptr}));
    all.insert(all.end(), clashes.begin(), clashes.end());
  }
  return all;
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
  FLEET_TRY(BranchCommits found, commits_of(store, *tip, start, request.run));
  std::vector<Commit>& commits = found.standing;
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
  EditedTree edited(store, tip_tree);
  ContentMerger contents(store);
  std::optional<std::vector<model::Change>> changes_of_merge;
  if (start && !request.results.empty()) {
    FLEET_TRY(changes_of_merge, merged_again(store, *start, request, found));
  }
  const MergeRules rules{tip_tree, false};
  std::vector<Clash> clashes;
  if (changes_of_merge) {
    FLEET_TRY(clashes, merge_into(edited, contents, *changes_of_merge, {rules, nullptr}));
  } else {
    FLEET_TRY(clashes, reverse_all(store, commits, edited, contents, rules));
  }
  // Where others made all of it too, the commit says that the tasks are rolled back, and changes nothing.
  const bool others_made_all = changes_of_merge && changes_of_merge->empty();
  RollbackOutcome outcome;
  std::set<std::string> conflicts;
  for (const Clash& clash : clashes)
    conflicts.insert(clash.path);
  std::reverse(commits.begin(), commits.end());
  for (const Commit& commit : commits)
    outcome.reverted.push_back(*trailer(commit.message, kTaskTrailer));
  if (!conflicts.empty()) {
    outcome.conflicts.assign(conflicts.begin(), conflicts.end());
    return outcome;
  }
  FLEET_TRY(const auto changes, edited.changes());
  if (changes.empty() && !others_made_all) return nothing_left();
  FLEET_CHECK(contents.keep(changes));
  FLEET_TRY(const ObjectId tree, update(store, tip_tree, changes));
  FLEET_TRY(outcome.commit, store.write_commit({tree, {*tip}, describe(request, commits), request.when}));
  FLEET_CHECK(store.sync());
  FLEET_CHECK(refs.write(std::vector<RefUpdate>{{branch, outcome.commit, *tip}}));
  FLEET_CHECK(store.sync());
  return outcome;
}

}  // namespace fleet::git
