#include "store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "store/database_error.h"

namespace fleet::store {
namespace {

constexpr int kBusyMilliseconds = 30'000;

constexpr const char* kReadOnly = "mode=ro";
// A write-ahead log wants a shared memory file beside it. Where that cannot be made, nobody can be writing
// either, and with nothing in the log the file alone tells all.
constexpr const char* kImmutable = "mode=ro&immutable=1";

// As an SQLite URI, whose path part may hold any bytes.
std::string uri(const std::filesystem::path& file, const std::string& parameters) {
  std::string text = "file:";
  for (const char c : file.native()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '_' || c == '-';
    text += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return text + "?" + parameters;
}

bool has_content(std::filesystem::path file, const char* suffix) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file += suffix, ignored);
  return !ignored && size > 0;
}

}  // namespace

void Database::Close::operator()(sqlite3* connection) const {
  sqlite3_close(connection);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<Database> Database::open(const std::filesystem::path& file, Mode mode) {
  Database database(file, mode);
  std::error_code error;
  if (mode != Mode::create &&
      std::filesystem::status(file, error).type() == std::filesystem::file_type::not_found) {
    return base::fail_input("open the state", file.string(), "there is none",
                            "`fleet run` makes it; `--state DIR` names another place");
  }
  if (mode != Mode::read_only) {
    FLEET_CHECK(
        database.connect("", SQLITE_OPEN_READWRITE | (mode == Mode::create ? SQLITE_OPEN_CREATE : 0)));
    return database;
  }
  auto connected = database.connect(kReadOnly, SQLITE_OPEN_READONLY);
  // Who was cut off in the middle of writing left its rollback journal: only who may write can undo that.
  if (!connected && is_unwritable(database.connection_.get()) && has_content(file, "-journal") &&
      database.connect("", SQLITE_OPEN_READWRITE)) {
    connected = database.connect(kReadOnly, SQLITE_OPEN_READONLY);
  }
  if (!connected && is_unwritable(database.connection_.get()) && !has_content(file, "-wal"))
    connected = database.connect(kImmutable, SQLITE_OPEN_READONLY);
  FLEET_CHECK(connected);
  return database;
}

// Also where SQLite was asked to write, and the file cannot be written.
bool Database::is_read_only() const {
  return mode_ == Mode::read_only || sqlite3_db_readonly(connection_.get(), "main") == 1;
}

Result<> Database::connect(const std::string& parameters, int flags) {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(uri(file_, parameters).c_str(), &connection,
                                   flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) return fail("open the state");
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kBusyMilliseconds);
  // Files may come from elsewhere: nothing in them may run code or reach SQLite's own tables.
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  return execute(
      "PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384; SELECT count(*) FROM sqlite_schema");
}

Result<> Database::use_write_ahead_log() {
  // To switch, one needs the file alone for a moment. SQLite does not wait for that, whatever its time-out:
  // two that wait for each other would wait for ever.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyMilliseconds);
  Result<> switched = execute("PRAGMA journal_mode = WAL");
  while (!switched && is_busy(connection_.get()) && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    switched = execute("PRAGMA journal_mode = WAL");
  }
  FLEET_CHECK(switched);
  FLEET_TRY(const std::string mode, text("PRAGMA journal_mode"));
  write_ahead_ = mode == "wal";
  // A checkpoint waits for the disk twice: less often, and what was written several times meanwhile is copied
  // once.
  return write_ahead_ ? execute("PRAGMA wal_autocheckpoint = 4000") : Result<>();
}

Result<> Database::set_synchronous(Synchronous level) {
  if (!write_ahead_) level = Synchronous::full;  // with a rollback journal, normal could tear the file
  if (synchronous_ == level) return {};
  FLEET_CHECK(
      execute(level == Synchronous::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
  synchronous_ = level;
  return {};
}

Result<> Database::check_references(bool check) {
  return execute(check ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF");
}

Result<> Database::attach(const std::filesystem::path& file, std::string_view name) {
  const std::string sql = fmt::format("ATTACH ? AS {}", name);
  auto attached = run_once(sql, uri(file, kReadOnly));
  if (!attached && is_unwritable(connection_.get()) && !has_content(file, "-wal"))
    attached = run_once(sql, uri(file, kImmutable));
  return attached;
}

Result<Database::OwnedStatement> Database::compile(std::string_view sql, unsigned flags) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()), flags,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return fail("use the state");
  return OwnedStatement(statement);
}

Result<Statement> Database::prepare(std::string_view sql) {
  auto known = statements_.find(sql);
  if (known == statements_.end()) {
    FLEET_TRY(OwnedStatement compiled, compile(sql, SQLITE_PREPARE_PERSISTENT));
    known = statements_.emplace(sql, std::move(compiled)).first;
  }
  FLEET_ASSERT(!sqlite3_stmt_busy(known->second.get()), "a statement is used within itself");
  return Statement(*this, known->second.get());
}

Result<> Database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return fail("use the state");
  return {};
}

Result<> Database::run_once(const std::string& sql, std::string_view parameter) {
  FLEET_TRY(const OwnedStatement compiled, compile(sql, 0));
  return Statement(*this, compiled.get()).bind(1, parameter).run();
}

Result<std::int64_t> Database::integer(const std::string& sql) {
  FLEET_TRY(const OwnedStatement compiled, compile(sql, 0));
  Statement statement(*this, compiled.get());
  FLEET_TRY(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

Result<std::string> Database::text(const std::string& sql) {
  FLEET_TRY(const OwnedStatement compiled, compile(sql, 0));
  Statement statement(*this, compiled.get());
  FLEET_TRY(const bool row, statement.step());
  return row ? std::string(statement.text(0)) : std::string();
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(connection_.get());
}

Result<> Database::check_integrity() {
  FLEET_TRY(Statement integrity, prepare("PRAGMA integrity_check(1)"));
  FLEET_TRY(const bool answered, integrity.step());
  if (!answered || integrity.text(0) != "ok") return fail_damaged(std::string(integrity.text(0)));
  FLEET_TRY(const std::int64_t orphans, integer("SELECT count(*) FROM pragma_foreign_key_check"));
  if (orphans != 0) return fail_damaged("rows refer to others that are not there");
  return {};
}

tl::unexpected<Error> Database::fail(std::string tried) const {
  return base::fail(error_of(connection_.get(), std::move(tried), file_));
}

tl::unexpected<Error> Database::fail_damaged(std::string why) const {
  return base::fail(damaged("read the state", file_, std::move(why)));
}

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
  FLEET_TRY(Statement begin, database.prepare(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN"));
  FLEET_CHECK(begin.run());
  return Transaction(database, kind);
}

Transaction::~Transaction() {
  // Fails where SQLite has rolled back on its own, as it does on a full disk: either way it is undone.
  if (database_) (void)database_->execute("ROLLBACK");
}

Result<> Transaction::commit() {
  FLEET_TRY(Statement commit, database_->prepare("COMMIT"));
  if (auto done = commit.run(); !done) {
    // SQLite counts COMMIT itself among the statements that only read.
    if (kind_ == Kind::write) done.error().tried = "write the state";
    return done;
  }
  database_ = nullptr;
  return {};
}

}  // namespace fleet::store
