#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace fleet::store {

// Takes a database from version `to` - 1 to `to`.
struct Migration {
  int to = 0;
  std::string_view sql;
};

// What tables a file must hold. The version is SQLite's user_version.
struct Schema {
  std::int32_t application_id = 0;  // tells our files from other programs'
  int version = 0;
  std::string_view create;            // all of it, for an empty file
  std::vector<Migration> migrations;  // from version 1 on, none left out
};

extern const std::string_view kSchemaSql;      // schema.sql
extern const std::string_view kMigration2Sql;  // migrations/2.sql

// Of state.db, and of the run.db of an export.
[[nodiscard]] const Schema& state_schema();

// A connection that writes a state's database, which is made or migrated where necessary.
[[nodiscard]] Result<Database> open_state_database(const std::filesystem::path& file);

}  // namespace fleet::store
