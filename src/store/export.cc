#include "store/export.h"

#include <fmt/format.h>

#include "model/name.h"
#include "store/copy_files.h"
#include "store/database.h"
#include "store/manifest_file.h"
#include "store/reader.h"
#include "store/run_rows.h"
#include "store/schema.h"

namespace fleet::store {
namespace {

// An empty folder, or one that holds an export of this run.
Result<> claim_folder(const std::filesystem::path& folder, std::string_view run) {
  const std::string tried = "export into";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return base::fail_errno(tried, folder.string(), error.value());
  const bool empty = std::filesystem::is_empty(folder, error);
  if (error) return base::fail_errno(tried, folder.string(), error.value());
  if (empty) return {};
  const auto manifest = read_any_manifest(folder);
  if (!manifest || manifest->run != run) {
    return base::fail_input(tried, folder.string(), "it is neither empty nor an export of this run",
                            "name a new folder");
  }
  for (const char* name : {kRunDatabaseName, kLogName, kKeptName}) {
    std::filesystem::remove_all(folder / name, error);
    if (error) return base::fail_errno("remove", (folder / name).string(), error.value());
  }
  return {};
}

// Takes out what holds only on this machine: its processes, its paths, and the token that answers questions.
Result<> forget_machine(Database& database, const std::string& workflow_path) {
  const std::string path = model::is_safe_relative_path(workflow_path)
                               ? workflow_path
                               : std::filesystem::path(workflow_path).filename().string();
  FLEET_CHECK(database.run_once(
      "UPDATE runs SET owner_pid = NULL, owner_start_time = NULL, token = '', workflow_path = ?", path));
  FLEET_CHECK(database.execute("UPDATE attempts SET pid = NULL, process_start_time = NULL"));
  if (path == workflow_path) return {};
  return database.run_once("UPDATE frozen SET plan_json = json_set(plan_json, '$.workflow_path', ?)", path);
}

Result<> write_run_database(const std::filesystem::path& state, const std::filesystem::path& file,
                            const RunRow& run) {
  FLEET_TRY(Database database, Database::open(file, Database::Mode::create));
  FLEET_CHECK(database.bring_up_to_date(state_schema()));
  FLEET_CHECK(
      database.execute("PRAGMA secure_delete = ON"));  // what is forgotten leaves no trace in the file
  FLEET_CHECK(database.attach(state, "state"));
  FLEET_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  FLEET_CHECK(copy_run_rows(database, "state", run.id));
  FLEET_CHECK(forget_machine(database, run.workflow_path));
  return transaction.commit();
}

}  // namespace

Result<Manifest> export_run(const Layout& state, std::string_view run, const std::filesystem::path& folder,
                            TimePoint now,
                            const std::function<Result<>(const std::filesystem::path& folder)>& add) {
  FLEET_TRY(Reader reader, Reader::open(state.database()));
  FLEET_TRY(const RunRow row, reader.run(run));
  FLEET_CHECK(claim_folder(folder, run));

  Manifest manifest;
  manifest.fleet_version = FLEET_VERSION;
  manifest.run = row.id;
  manifest.workflow = row.workflow;
  manifest.start = row.start;
  manifest.exported = now;
  FLEET_CHECK(write_manifest(folder, manifest));
  FLEET_CHECK(write_run_database(state.database(), folder / kRunDatabaseName, row));
  FLEET_CHECK(copy_folder(state.log(run), folder / kLogName, Links::refuse));
  FLEET_CHECK(copy_folder(state.kept(run), folder / kKeptName, Links::keep));
  if (add) FLEET_CHECK(add(folder));

  FLEET_CHECK(sync_file_system(folder));
  // Beyond this point the export counts.
  manifest.complete = true;
  FLEET_CHECK(write_manifest(folder, manifest));
  return manifest;
}

}  // namespace fleet::store
