#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

// A small wrapper of SQLite, for this room alone. Failures are Results that say what to do: the disk is full,
// the file is damaged, is of a newer fleet, belongs to another program. A damaged file is never written.
namespace fleet::store {

struct Schema;
class Database;

// A prepared statement in use: bound, stepped, and reset when it goes out of scope. Borrowed from its
// Database, which keeps it prepared and must not move meanwhile. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Text is not copied: it must live until the statement has run. What cannot be bound is an Error of step().
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind_null(int index);

  // Whether there is a row.
  [[nodiscard]] Result<bool> step();
  // Runs to the end, whatever rows there are, and makes it ready to be bound and run again.
  [[nodiscard]] Result<> run();

  // Of the current row; text is good until the next step.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  Database* database_;
  sqlite3_stmt* statement_;
  int bind_error_ = 0;
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

  // An Error when the file is no database or cannot be read. Whether its tables are ours, bring_up_to_date
  // tells.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& file, Mode mode);
  Database(Database&&) noexcept = default;
  Database& operator=(Database&&) noexcept = default;

  // Makes the tables in an empty file, or migrates those of an older fleet, in one transaction. An Error when
  // the file is of a newer fleet or another program, and for a read-only connection when there is anything to
  // do.
  [[nodiscard]] Result<> bring_up_to_date(const Schema& schema);
  // Whether nothing was ever made in it: its maker was killed, or is at work.
  [[nodiscard]] Result<bool> is_empty();
  // PRAGMA user_version.
  [[nodiscard]] Result<std::int64_t> version();

  // A write-ahead log: many readers and one writer at once. Where the file system cannot share memory between
  // processes, SQLite's rollback journal stays, with a sync at each commit: slower, and readers wait.
  [[nodiscard]] Result<> use_write_ahead_log();
  // What a commit waits for: full, for the disk. Not within a transaction.
  [[nodiscard]] Result<> set_synchronous(Synchronous level);

  // Whether SQLite looks, at each row, for those that it refers to (it does from the start). Not within a
  // transaction.
  [[nodiscard]] Result<> check_references(bool check);

  // Makes another file's tables known as `<name>.<table>`, for reading.
  [[nodiscard]] Result<> attach(const std::filesystem::path& file, std::string_view name);

  // The text must live as long as the database: it is the key under which the statement is kept.
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  // Any number of statements, without parameters or rows.
  [[nodiscard]] Result<> execute(const std::string& sql);
  // A statement that is used once, with its first parameter.
  [[nodiscard]] Result<> run_once(const std::string& sql, std::string_view parameter);
  // The first column of the first row; 0 or empty when there is none.
  [[nodiscard]] Result<std::int64_t> integer(const std::string& sql);
  [[nodiscard]] Result<std::string> text(const std::string& sql);
  // Rows that the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::int64_t changes() const;

  // Reads every page, and says what is wrong. Slow on a large file.
  [[nodiscard]] Result<> check_integrity();

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  // What SQLite complained of last.
  [[nodiscard]] tl::unexpected<Error> fail(std::string tried) const;
  // That what was read cannot be, although SQLite was content with it.
  [[nodiscard]] tl::unexpected<Error> fail_damaged(std::string why) const;

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using OwnedStatement = std::unique_ptr<sqlite3_stmt, Finalize>;

  Database(std::filesystem::path file, Mode mode) : file_(std::move(file)), mode_(mode) {}
  [[nodiscard]] Result<> connect(const std::string& parameters, int flags);
  [[nodiscard]] bool is_read_only() const;
  [[nodiscard]] Result<OwnedStatement> compile(std::string_view sql, unsigned flags);
  struct Identity {
    std::int64_t application = 0;
    std::int64_t version = 0;
    std::int64_t tables = 0;
    [[nodiscard]] bool is_empty() const { return application == 0 && version == 0 && tables == 0; }
  };
  [[nodiscard]] Result<Identity> identify();
  [[nodiscard]] Result<> migrate(const Schema& schema);

  std::filesystem::path file_;
  Mode mode_;
  std::unique_ptr<sqlite3, Close> connection_;
  std::unordered_map<std::string_view, OwnedStatement> statements_;  // after the connection: ended before it
  std::optional<Synchronous> synchronous_;
  bool write_ahead_ = false;
};

// Rolled back when it goes out of scope without a commit.
class Transaction {
 public:
  enum class Kind { read, write };  // write: waits for other writers here, and never later
  [[nodiscard]] static Result<Transaction> begin(Database& database, Kind kind);
  Transaction(Transaction&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)), kind_(other.kind_) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  [[nodiscard]] Result<> commit();

 private:
  Transaction(Database& database, Kind kind) : database_(&database), kind_(kind) {}
  Database* database_;  // none: committed, or moved from
  Kind kind_;
};

}  // namespace fleet::store
