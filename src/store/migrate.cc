#include <fmt/format.h>

#include "base/assert.h"
#include "store/database.h"
#include "store/schema.h"

namespace fleet::store {

Result<std::int64_t> Database::version() {
  return integer("PRAGMA user_version");
}

Result<Database::Identity> Database::identify() {
  // In one view: another process may be making the tables now.
  FLEET_TRY(const Transaction view, Transaction::begin(*this, Transaction::Kind::read));
  Identity identity;
  FLEET_TRY(identity.application, integer("PRAGMA application_id"));
  FLEET_TRY(identity.version, version());
  FLEET_TRY(identity.tables, integer("SELECT count(*) FROM sqlite_schema"));
  return identity;
}

Result<bool> Database::is_empty() {
  FLEET_TRY(const Identity identity, identify());
  return identity.is_empty();
}

Result<> Database::bring_up_to_date(const Schema& schema) {
  FLEET_TRY(const Identity identity, identify());
  const std::int64_t application = identity.application;
  const std::int64_t current = identity.version;
  const bool empty = identity.is_empty();
  if (!empty && application != schema.application_id) {
    return base::fail_world("open the state", file_.string(), "it is the database of another program",
                            "`--state DIR` names the folder that holds the state of fleet");
  }
  if (current > schema.version) {
    return base::fail_world(
        "open the state", file_.string(),
        fmt::format("a newer fleet wrote it (schema {}, this one knows {})", current, schema.version),
        "use that fleet, or `--state DIR` to begin anew elsewhere; nothing was changed");
  }
  if (!empty && current < 1) return fail_damaged("it has no schema version");
  if (current == schema.version) return {};
  if (is_read_only()) {
    return base::fail_input("open the state", file_.string(),
                            empty ? "it is empty" : "an older fleet wrote it, and here it can only be read",
                            "`fleet run` in a place that can be written");
  }
  // A migration may build a table anew, which must not take what refers to it along.
  FLEET_CHECK(check_references(false));
  Result<> migrated = migrate(schema);
  FLEET_CHECK(check_references(true));
  return migrated;
}

Result<> Database::migrate(const Schema& schema) {
  FLEET_TRY(Transaction transaction, Transaction::begin(*this, Transaction::Kind::write));
  FLEET_TRY(const std::int64_t current, version());  // another process may have been first
  if (current == 0) {
    FLEET_CHECK(execute(std::string(schema.create)));
    FLEET_CHECK(execute(fmt::format("PRAGMA application_id = {}", schema.application_id)));
  } else {
    FLEET_ASSERT(static_cast<int>(schema.migrations.size()) == schema.version - 1, "a migration is missing");
    for (const Migration& migration : schema.migrations) {
      if (migration.to > current) FLEET_CHECK(execute(std::string(migration.sql)));
    }
    FLEET_TRY(const std::int64_t orphans, integer("SELECT count(*) FROM pragma_foreign_key_check"));
    if (orphans != 0) return fail_damaged("rows refer to others that are not there");
  }
  FLEET_CHECK(execute(fmt::format("PRAGMA user_version = {}", schema.version)));
  return transaction.commit();
}

}  // namespace fleet::store
