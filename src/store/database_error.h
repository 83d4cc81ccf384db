#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

struct sqlite3;

// What SQLite's codes mean to a user, and what to do about them. For database.cc.
namespace fleet::store {

// Of the last call on the connection that failed.
[[nodiscard]] Error error_of(sqlite3* connection, std::string tried, const std::filesystem::path& file);
[[nodiscard]] Error damaged(std::string tried, const std::filesystem::path& file, std::string why);

// Whether the last call failed because the file, or what must lie beside it, cannot be written.
[[nodiscard]] bool is_unwritable(sqlite3* connection);
// Whether it failed because another connection was at work.
[[nodiscard]] bool is_busy(sqlite3* connection);

}  // namespace fleet::store
