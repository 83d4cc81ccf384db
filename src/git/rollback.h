#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "base/time.h"
#include "git/integration.h"
#include "git/repository.h"

namespace fleet::git {

struct RollbackRequest {
  std::string run;
  std::string prefix = "fleet";
  std::set<std::string> tasks;  // ids; the caller adds what stands on them. Empty: the whole run
  TimePoint when{};             // the revert commit's date
  // All results that the run integrated, by task id, and how; empty: they are no longer there. Their messages
  // are read from their commits.
  std::map<std::string, TaskResult> results = {};
  OnConflict on_conflict = OnConflict::report;
};

struct RollbackOutcome {
  ObjectId commit;                     // the branch's new tip; none when there were conflicts
  std::vector<std::string> reverted;   // task ids, in the order of the branch
  std::vector<std::string> conflicts;  // paths that were changed again since; then nothing was written
};

// Takes tasks out of a delivered branch by one more commit on its tip (never by rewriting): what is left of
// the run's results is merged again, and the difference merged path by path into the tip; so what others made
// too stays. Where the results are not there, the reverse of each of the tasks' commits takes its place,
// latest first. Works on the tip also when the user has added commits since. An Error when there is no such
// branch, or nothing of the tasks left in it.
[[nodiscard]] Result<RollbackOutcome> roll_back(const Repository& repository, const RollbackRequest& request);

}  // namespace fleet::git
