#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"
#include "store/database.h"
#include "store/rows.h"

namespace fleet::store {

// The run whose `updated_at` was written last by a writer, and what it is.
struct HeardOf {
  std::string run;
  TimePoint at{};
};

// Writes a batch within the transaction that is open. `updated_at` of a run that goes on is written no more
// than once a second.
[[nodiscard]] Result<> write_batch(Database& database, const Batch& batch, HeardOf& heard_of);

}  // namespace fleet::store
