#include "store/schema.h"

namespace fleet::store {
namespace {

constexpr std::int32_t kApplicationId = 0x464c4554;  // "FLET"
constexpr int kSchemaVersion = 2;

}  // namespace

const Schema& state_schema() {
  static const Schema schema{kApplicationId, kSchemaVersion, kSchemaSql, {{2, kMigration2Sql}}};
  return schema;
}

Result<Database> open_state_database(const std::filesystem::path& file) {
  FLEET_TRY(Database database, Database::open(file, Database::Mode::create));
  FLEET_CHECK(database.use_write_ahead_log());
  FLEET_CHECK(database.bring_up_to_date(state_schema()));
  return database;
}

}  // namespace fleet::store
