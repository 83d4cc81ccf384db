#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/repository.h"

namespace fleet::git {

// The names of what fleet writes. Run ids, task ids and prefixes must be valid in refs; is_valid_ref says.
[[nodiscard]] std::string start_ref(std::string_view run);  // refs/fleet/<run>/start
[[nodiscard]] std::string attempt_ref(std::string_view run, std::string_view task, int attempt);
// What an attempt left that held a secret: refs/fleet/<run>/withheld/<task>/<n>, which no bundle has.
[[nodiscard]] std::string withheld_ref(std::string_view run, std::string_view task, int attempt);
[[nodiscard]] std::string withheld_refs(std::string_view run);  // what their names begin with
[[nodiscard]] std::string result_ref(std::string_view run);  // refs/fleet/<run>/result: what no branch took
[[nodiscard]] std::string branch_ref(std::string_view run, std::string_view prefix = "fleet");
[[nodiscard]] bool is_valid_ref(std::string_view name);

struct Ref {
  std::string name;
  ObjectId commit;
};

struct RefUpdate {
  std::string name;
  ObjectId to;                       // none: delete; deleting what is not there is no error
  std::optional<ObjectId> expected;  // what it must be now (none: must not exist); absent: anything
};

// Writes refs below refs/fleet/ and branches refs/heads/<prefix>/<run>, and nothing else. Any thread; writers
// of one process wait for each other, other processes' locks are waited for up to two seconds.
class Refs {
 public:
  explicit Refs(const Repository& repository) : repository_(repository) {}

  // Takes the locks of all, then checks all, then writes all. Durable after ObjectStore::sync().
  [[nodiscard]] Result<> write(std::span<const RefUpdate> updates);
  [[nodiscard]] Result<std::optional<ObjectId>> read(const std::string& name) const;
  // All refs whose name starts with this, by name: `refs/fleet/r1/`.
  [[nodiscard]] Result<std::vector<Ref>> list(std::string_view starts_with) const;
  // Ids of the runs that have refs below refs/fleet/, by name.
  [[nodiscard]] Result<std::vector<std::string>> runs() const;

  // An Error that says what to do when the branch refs/heads/<prefix>/<run> cannot be made because a branch
  // stands in its way (`fleet`, or one below it). Ask before a run starts.
  [[nodiscard]] Result<> check_branch_free(std::string_view run, std::string_view prefix) const;
  // An Error that says what to do when this branch is checked out somewhere: it is not written then.
  [[nodiscard]] Result<> check_not_checked_out(const std::string& branch_ref) const;
  // An Error that says what to do when a run that is to begin would write over something: its branch, or refs
  // of another run of its id. Only this start may stand there, as a run leaves it that was killed at once;
  // none: not even that.
  [[nodiscard]] Result<> check_unused(std::string_view run, std::string_view prefix, ObjectId start) const;
  // Removes what is in the way of the start ref of a run that is about to begin, and that one left which was
  // killed as it wrote it: its lock file, or its name without content. The rest of the run is not touched.
  void break_start(std::string_view run) const;
  // Removes the lock files of a fleet that was killed as it wrote this run's refs, which would be in the way
  // for ever, and the names without content that a power cut can leave. The caller must be the only one that
  // drives the run. The branch's lock may be somebody else's, and is first given two seconds to go.
  void break_locks(std::string_view run, std::string_view prefix) const;

 private:
  const Repository& repository_;
};

enum class Unmerged { keep, drop };

struct CleanUp {
  std::vector<std::string> deleted;  // refs
  std::vector<std::string> kept;     // "<ref>: why"
};

// Deletes a run's refs. With Unmerged::keep, work that is nowhere else stays, also that of attempts that
// failed or lost a conflict: an attempt's ref goes only when all that it changed stands in a branch, remote
// branch, tag or HEAD, or stood there when its task's result came in; the run's own branch only when another
// branch or tag holds it, or the change of each of its commits (they were squashed or rebased). The objects
// themselves go when the user's git collects garbage.
[[nodiscard]] Result<CleanUp> clean_up(const Repository& repository, std::string_view run,
                                       std::string_view prefix, Unmerged unmerged);

}  // namespace fleet::git
