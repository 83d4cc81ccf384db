#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "model/attempt.h"
#include "model/change.h"

namespace fleet::git {

// What a task made: the difference between the commit it started from and the commit it ended with.
struct TaskResult {
  TaskIndex task;
  ObjectId base;      // commit
  ObjectId snapshot;  // commit; none: it changed nothing
  // Of its commit in the merged chain. Its trailers Fleet-Run and Fleet-Task (git/message.h) are how rollback
  // and clean-up find it again.
  std::string message;
  // The tasks whose results it started from, ascending. Null: none.
  std::shared_ptr<const std::vector<TaskIndex>> from = nullptr;
  [[nodiscard]] bool is(const TaskResult& other) const {
    const bool same_from = from == other.from || (from && other.from && *from == *other.from);
    return task == other.task && base == other.base && snapshot == other.snapshot &&
           message == other.message && same_from;
  }
};

enum class OnConflict {
  report,        // a result that clashes is not taken
  earlier_wins,  // it is taken, but where it clashes the version earlier in plan order stays
};

struct Acceptance {
  bool accepted = false;
  // With `report`: why it was not accepted. With `earlier_wins`: which paths of which losers are overridden.
  // By loser, then winner. The offered result is the loser of all of them, or else it takes part in what each
  // loser gives way to.
  std::vector<model::Conflict> conflicts;
};

// The deterministic merge of results. Of any set of accepted results,
//
//   merged(set) = the start's tree, then for each result of the set, in plan order, path by path:
//                 merge_entry(before = its base's entry, ours = what has come together, theirs = its
//                 snapshot's)
//
// How contents are merged, the .gitattributes say that the result began with: its own changes to them, and
// those of results that it does not stand on, do not count. Else it would depend on who was quicker.
//
// An edit follows a file that another result renamed (git/renames.h, git/merge_changes.h), as in git's own
// merges; a new file does not follow a folder.
//
// Plan order, never the order of arrival, decides what comes together and who loses a conflict: the same
// results give the same commit ids. It works path by path, so a result that shares no path with another costs
// only its own paths. A path that is a folder for one result and a file for another is a conflict too.
//
// Two results of which neither stands on the other also conflict when they made different things of the same
// path, and these do not merge, whatever a third has done to it since: else it would depend on that one's
// arrival whether they do.
//
// One thread owns it. The store must outlive it. Nothing is written but objects.
class Integration {
 public:
  [[nodiscard]] static Result<Integration> create(ObjectStore& store, ObjectId start_commit);
  Integration(Integration&&) noexcept;
  Integration& operator=(Integration&&) noexcept;
  ~Integration();

  // What accept() would say with OnConflict::report; takes nothing. The task must not have been accepted.
  [[nodiscard]] Result<std::vector<model::Conflict>> check(const TaskResult& result);
  [[nodiscard]] Result<Acceptance> accept(const TaskResult& result, OnConflict on_conflict);
  // Takes in what an earlier process had accepted in the same way, without a word about conflicts.
  [[nodiscard]] Result<> restore(const TaskResult& result, OnConflict on_conflict);
  // Of all that is accepted: where a result gave way in the end, and to whom. What accept() said may have
  // changed with the results that came after. By loser, then winner.
  [[nodiscard]] Result<std::vector<model::Conflict>> overridden();
  // Takes a result out again. The caller also withdraws what was built on it. No effect when not accepted.
  void withdraw(TaskIndex task);
  [[nodiscard]] bool holds(TaskIndex task) const;

  // The commit of a set of tasks, in any order; those without an accepted result add nothing. A chain of
  // commits on top of the start, one per result in plan order with its message; a result that has no effect
  // left is not in the chain. The empty set gives the start commit itself. Remembered, so that a set costs
  // only what it has beyond a set asked for before. An Error (Fault::input) when results that were accepted
  // together with others do not merge without them: when the set leaves out what a member was built on, or
  // one that takes back what two others clash in.
  [[nodiscard]] Result<ObjectId> merged(std::span<const TaskIndex> set);

 private:
  struct State;
  explicit Integration(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fleet::git
