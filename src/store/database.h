#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

// A small wrapper of SQLite, for this room alone. Failures are Results that say what to do: the disk is full,
// the file is damaged, is newer than this build, belongs to another program. A damaged file is never touched.
struct sqlite3;
struct sqlite3_stmt;

namespace fleet::store {

struct Schema;

class Database;

// A prepared statement that is being used: bound, stepped, reset when it goes out of scope. Borrowed from its
// Database, which keeps it prepared. Parameters count from 1, columns from 0. An error of a bind or a
// column shows at the next step().
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Text and blobs must outlive the next reset: they are not copied.
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind_null(int index);

  // Whether there is a row.
  [[nodiscard]] Result<bool> step();
  // For a statement that gives no rows, or whose rows do not matter. Ready to be bound and run again.
  [[nodiscard]] Result<> run();

  // Of the current row; a view is good until the next step.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  Database* database_;
  sqlite3_stmt* statement_;
};

// A connection. One thread at a time.
class Database {
 public:
  enum class Mode {
    create,      // read and write; made when it is not there
    read_write,  // an Error when it is not there
    read_only,   // also from a disk that cannot be written
  };
  enum class Synchronous { normal, full };

  // Looks at nothing but the header: see bring_up_to_date().
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& file, Mode mode);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Makes the tables in an empty file, or migrates an older one, in one transaction. An Error when the file
  // is of a newer build or another program. A read-only connection only checks.
  [[nodiscard]] Result<> bring_up_to_date(const Schema& schema);

  // Write-ahead log: readers and one writer at once. Where the file system cannot share memory, it stays with
  // SQLite's rollback journal, which is slower but as safe.
  [[nodiscard]] Result<> use_write_ahead_log();
  // What a commit waits for. Not within a transaction.
  [[nodiscard]] Result<> set_synchronous(Synchronous level);

  // `sql` must be a literal or live as long as the database: it is the key of the cache.
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  // Any number of statements, without parameters or rows.
  [[nodiscard]] Result<> execute(const std::string& sql);
  // The first column of the first row, 0 when there is none.
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);

  // Every page and index. Slow on a large file.
  [[nodiscard]] Result<> check_integrity();

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  // What SQLite last complained of, as an Error of `tried`.
  [[nodiscard]] Error error(std::string tried) const;

 private:
  friend class Statement;
  struct CloseConnection {
    void operator()(sqlite3* connection) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Database(std::filesystem::path file, Mode mode) : file_(std::move(file)), mode_(mode) {}

  std::filesystem::path file_;
  Mode mode_;
  std::unique_ptr<sqlite3, CloseConnection> connection_;
  std::unordered_map<std::string_view, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
  std::optional<Synchronous> synchronous_;
  bool write_ahead_ = false;
};

// Rolled back when it goes out of scope without a commit.
class Transaction {
 public:
  enum class Kind { read, write };  // write: waits here for other writers, never later
  [[nodiscard]] static Result<Transaction> begin(Database& database, Kind kind);
  Transaction(Transaction&& other) noexcept;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  [[nodiscard]] Result<> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // none: committed, or moved from
};

}  // namespace fleet::store
