#include <fmt/format.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <utility>

#include "model/json.h"
#include "model/name.h"
#include "store/copy_files.h"
#include "store/database.h"
#include "store/export.h"
#include "store/manifest_file.h"
#include "store/process_lock.h"
#include "store/reader.h"
#include "store/run_rows.h"
#include "store/schema.h"

namespace fleet::store {
namespace {

constexpr std::uint64_t kMaxRunDatabase = std::uint64_t{4} << 30;

tl::unexpected<Error> refuse(const std::filesystem::path& folder, std::string why, std::string hint = {}) {
  return base::fail_input("take the export", folder.string(), std::move(why), std::move(hint));
}

// A folder in the state that goes away again, with all that is in it.
class Staging {
 public:
  static Result<Staging> make(const Layout& state, const std::string& run) {
    std::filesystem::path folder = state.root() / fmt::format("import-{}-{}", run, ::getpid());
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    std::filesystem::create_directory(folder, error);
    if (error) return base::fail_errno("make the folder", folder.string(), error.value());
    return Staging(std::move(folder));
  }
  Staging(Staging&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  Staging& operator=(Staging&&) = delete;
  ~Staging() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  explicit Staging(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

// Every table with its columns, and every index with what it is of. Not the text of its SQL, nor the order of
// columns, which differ where a file was migrated.
Result<std::string> shape_of(Database& database) {
  FLEET_TRY(
      const std::string tables,
      database.text("SELECT group_concat(line, ';') FROM (SELECT printf('%s %s %s %d %d %d', m.name, c.name, "
                    "c.type, c.\"notnull\", c.pk, c.hidden) AS line FROM sqlite_schema m "
                    "JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' ORDER BY line)"));
  FLEET_TRY(
      const std::string indexes,
      database.text("SELECT group_concat(line, ';') FROM (SELECT printf('%s %s %d %s', m.tbl_name, m.name, "
                    "c.seqno, c.name) AS line FROM sqlite_schema m "
                    "JOIN pragma_index_xinfo(m.name) c WHERE m.type = 'index' AND c.key ORDER BY line)"));
  return tables + "\n" + indexes;
}

// The file holds exactly our tables and indexes: no trigger or view of somebody else's, no column too many.
Result<> check_tables(Database& database, const std::filesystem::path& folder) {
  FLEET_TRY(const std::int64_t others,
            database.integer("SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index')"));
  if (others != 0) return refuse(folder, "run.db holds more than tables");
  FLEET_CHECK(database.bring_up_to_date(state_schema()));
  FLEET_TRY(Database ours, Database::open(":memory:", Database::Mode::create));
  FLEET_CHECK(ours.bring_up_to_date(state_schema()));
  FLEET_TRY(const std::string expected, shape_of(ours));
  FLEET_TRY(const std::string found, shape_of(database));
  if (found != expected) return refuse(folder, "the tables of run.db are not those that fleet makes");
  return {};
}

// Everything in it can be read as what it should be, and belongs to the run that the manifest names.
Result<> check_rows(Reader& reader, const Manifest& manifest, const std::filesystem::path& folder) {
  FLEET_TRY(const std::vector<RunRow> runs, reader.runs());
  if (runs.size() != 1 || runs.front().id != manifest.run)
    return refuse(folder, fmt::format("run.db does not hold the run {} alone", manifest.run));
  const RunRow& run = runs.front();
  if (run.start != manifest.start)
    return refuse(folder, "run.db and manifest.json name different start commits");
  if (!model::is_safe_relative_path(run.workflow_path))
    return refuse(folder, "the workflow's path leads out of the repository");

  FLEET_TRY(const FrozenRun frozen, reader.frozen(run.id));
  FLEET_TRY(const model::Json json, model::parse_json(frozen.plan, "the plan of the export"));
  FLEET_TRY(const model::Plan plan, model::from_json<model::Plan>(json, "the plan of the export"));
  FLEET_TRY(const std::vector<TaskRow> tasks, reader.tasks(run.id));
  if (tasks.size() != plan.tasks.size()) return refuse(folder, "its tasks are not those of its plan");
  for (std::uint32_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].index.value != i || tasks[i].id != plan.tasks[i].id)
      return refuse(folder, "its tasks are not those of its plan");
  }
  FLEET_CHECK(reader.attempts(run.id));
  FLEET_CHECK(reader.metrics(run.id));
  FLEET_CHECK(reader.snapshots(run.id));
  FLEET_CHECK(reader.journal(run.id, 1, [](const JournalEntry&) { return Result<>(); }));
  constexpr std::size_t kPage = 10'000;
  for (std::uint64_t after = 0;;) {
    FLEET_TRY(const std::vector<model::RunEvent> events, reader.events(run.id, after, kPage));
    if (events.size() < kPage) return {};
    after = events.back().sequence;
  }
}

enum class Known { no, same, shorter };

// Whether the run is in the state already, with the same past or the beginning of it. With another past it is
// an Error.
Result<Known> find_known(Database& state, const std::string& run, const std::filesystem::path& folder) {
  // The id is a safe name: it can stand in SQL.
  FLEET_TRY(const std::int64_t known,
            state.integer(fmt::format("SELECT count(*) FROM main.runs WHERE id = '{}'", run)));
  if (known == 0) return Known::no;
  const auto extra = [&](const char* here, const char* there) {
    return state.integer(
        fmt::format("SELECT EXISTS (SELECT sequence, at, payload FROM {1}.journal WHERE run = '{0}' "
                    "EXCEPT SELECT sequence, at, payload FROM {2}.journal WHERE run = '{0}')",
                    run, here, there));
  };
  FLEET_TRY(const std::int64_t more_here, extra("main", "export"));
  FLEET_TRY(const std::int64_t more_there, extra("export", "main"));
  FLEET_TRY(
      const std::int64_t began_alike,
      state.integer(fmt::format(
          "SELECT count(*) FROM main.frozen JOIN export.frozen AS other USING (run) WHERE run = '{}' AND "
          "main.frozen.workflow_source = other.workflow_source AND main.frozen.options_json = "
          "other.options_json",
          run)));
  if (more_here != 0 || began_alike == 0) {
    return refuse(folder,
                  fmt::format("the run {} is here already, and {}", run,
                              more_there == 0 ? "has gone on since it was exported" : "not the same"),
                  fmt::format("`fleet resume {}` goes on with the one that is here; another clone can take "
                              "the export",
                              run));
  }
  return more_there == 0 ? Known::same : Known::shorter;
}

Result<> take_folder(const Staging& staging, const char* name, const std::filesystem::path& target) {
  std::error_code error;
  std::filesystem::remove_all(target, error);  // of an import that was cut off
  if (!error) std::filesystem::rename(staging.folder() / name, target, error);
  if (error) return base::fail_errno("move what was exported to", target.string(), error.value());
  return {};
}

}  // namespace

Result<Manifest> import_run(const std::filesystem::path& folder, const Layout& state, const TakeRest& take) {
  FLEET_TRY(Manifest manifest, read_manifest(folder));
  // A private copy: what is checked is what is taken, and nothing is written beside the export.
  FLEET_TRY(const Staging staging, Staging::make(state, manifest.run));
  const std::filesystem::path file = staging.folder() / kRunDatabaseName;
  FLEET_CHECK(copy_plain_file(folder / kRunDatabaseName, file, kMaxRunDatabase));
  FLEET_CHECK(copy_folder(folder / kLogName, staging.folder() / kLogName, Links::refuse));
  FLEET_CHECK(copy_folder(folder / kKeptName, staging.folder() / kKeptName, Links::keep));
  {
    FLEET_TRY(Database database, Database::open(file, Database::Mode::read_write));
    FLEET_CHECK(database.check_integrity());
    FLEET_CHECK(check_tables(database, folder));
  }
  FrozenRun frozen;
  {
    FLEET_TRY(Reader reader, Reader::open(file));
    FLEET_CHECK(check_rows(reader, manifest, folder));
    FLEET_TRY(frozen, reader.frozen(manifest.run));
  }

  FLEET_CHECK(create_run_folders(state, manifest.run));
  FLEET_TRY(const ProcessLock lock,
            ProcessLock::take(state.lock(manifest.run), "take in the run " + manifest.run));
  FLEET_TRY(Database database, open_state_database(state.database()));
  FLEET_CHECK(database.attach(file, "export"));
  FLEET_TRY(const Known known, find_known(database, manifest.run, folder));
  if (known == Known::same) return manifest;
  const bool comes_home = known == Known::shorter;
  // The rows last: a run that has rows has all of it.
  if (take) FLEET_CHECK(take(frozen, staging.folder(), comes_home ? Arrival::home : Arrival::first));
  FLEET_CHECK(take_folder(staging, kLogName, state.log(manifest.run)));
  FLEET_CHECK(take_folder(staging, kKeptName, state.kept(manifest.run)));
  FLEET_CHECK(database.set_synchronous(Database::Synchronous::full));
  FLEET_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::write));
  if (comes_home) FLEET_CHECK(delete_run_rows(database, manifest.run));
  FLEET_CHECK(copy_run_rows(database, "export", manifest.run));
  // Its processes were never ours, whatever it says. Without a token, those that its journal names are left
  // alone too (app::CameFrom).
  FLEET_CHECK(database.run_once(
      "UPDATE main.runs SET owner_pid = NULL, owner_start_time = NULL, token = '' WHERE id = ?",
      manifest.run));
  FLEET_CHECK(database.run_once(
      "UPDATE main.attempts SET pid = NULL, process_start_time = NULL WHERE run = ?", manifest.run));
  FLEET_CHECK(transaction.commit());
  std::error_code ignored;
  std::filesystem::remove_all(state.report(manifest.run), ignored);  // it told of the run as it was
  return manifest;
}

}  // namespace fleet::store
