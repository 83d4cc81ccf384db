#pragma once

#include <string_view>

#include "base/result.h"
#include "store/database.h"

namespace fleet::store {

// Copies the rows of one run from a database that is attached as `from`, with the same schema. Numbers that
// only count rows are given anew. Within a transaction.
[[nodiscard]] Result<> copy_run_rows(Database& to, std::string_view from, std::string_view run);

// Deletes them. Within a transaction.
[[nodiscard]] Result<> delete_run_rows(Database& from, std::string_view run);

}  // namespace fleet::store
