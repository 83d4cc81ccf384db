#include "store/run_rows.h"

#include <fmt/format.h>

#include <array>
#include <string>

namespace fleet::store {
namespace {

struct Table {
  std::string_view name;
  std::string_view run_column;
};

// In the order that their references ask for.
constexpr std::array<Table, 8> kTables{{{"runs", "id"},
                                        {"frozen", "run"},
                                        {"tasks", "run"},
                                        {"attempts", "run"},
                                        {"journal", "run"},
                                        {"events", "run"},
                                        {"snapshots", "run"},
                                        {"metrics", "run"}}};

}  // namespace

Result<> copy_run_rows(Database& to, std::string_view from, std::string_view run) {
  for (const Table& table : kTables) {
    // By name, because a migrated file may have its columns in another order; without numbers that only count
    // rows.
    FLEET_TRY(const std::string columns,
              to.text(fmt::format("SELECT group_concat(name, ', ') FROM pragma_table_info('{}', 'main') "
                                  "WHERE NOT (name = 'id' AND type = 'INTEGER')",
                                  table.name)));
    FLEET_CHECK(to.run_once(fmt::format("INSERT INTO main.{0} ({1}) SELECT {1} FROM {2}.{0} WHERE {3} = ?",
                                        table.name, columns, from, table.run_column),
                            run));
  }
  return {};
}

Result<> delete_run_rows(Database& from, std::string_view run) {
  for (auto table = kTables.rbegin(); table != kTables.rend(); ++table) {
    FLEET_CHECK(
        from.run_once(fmt::format("DELETE FROM main.{} WHERE {} = ?", table->name, table->run_column), run));
  }
  return {};
}

}  // namespace fleet::store
