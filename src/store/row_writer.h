#pragma once

#include <string_view>

#include "base/result.h"
#include "store/database.h"
#include "store/rows.h"

namespace fleet::store {

// Writes a batch within the transaction that is open.
[[nodiscard]] Result<> write_batch(Database& database, const Batch& batch);

}  // namespace fleet::store
