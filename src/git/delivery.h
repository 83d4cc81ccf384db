#pragma once

#include <string_view>

#include "base/object_id.h"
#include "base/result.h"
#include "git/repository.h"

// Whether a run's branch is still as the run left it. Nothing that somebody else put there is ever written
// over.
namespace fleet::git {

// What a run wrote to its branch last, by its own record.
struct Delivered {
  ObjectId commit;          // none: nothing
  bool is_recorded = true;  // false: it was cut off, and may have written more than it could record
};

// Whether a commit holds, beyond the commit that the run started from, the run's results and nothing else: no
// commit of anybody's, no merge, no rollback.
[[nodiscard]] Result<bool> holds_only_results(const ObjectStore& store, ObjectId tip, ObjectId start,
                                              std::string_view run);

// The tip of the run's branch, which the run may replace; none: there is no such branch. An Error (input)
// that says what to do when somebody has moved the branch since the run wrote it, as a rollback does.
[[nodiscard]] Result<ObjectId> tip_to_replace(const Repository& repository, std::string_view run,
                                              std::string_view prefix, ObjectId start,
                                              const Delivered& delivered);

}  // namespace fleet::git
