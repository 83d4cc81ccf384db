#include "store/database_error.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>

#include "store/layout.h"

namespace fleet::store {
namespace {

bool is_disk_full(int primary, int system_error) {
  const bool no_space = system_error == ENOSPC || system_error == EDQUOT;
  return primary == SQLITE_FULL || (no_space && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN));
}

}  // namespace

Error damaged(std::string tried, const std::filesystem::path& file, std::string why) {
  return {
      base::Fault::world, std::move(tried), file.string(), fmt::format("it is damaged ({})", why),
      "it was left as it is. Save a copy of it and of the files beside it; then `sqlite3 state.db .recover` "
      "may "
      "mend it, or `fleet resume --from DIR` takes the runs of an export into another `--state`. What tasks "
      "finished is in git, under refs/fleet/"};
}

Error error_of(sqlite3* connection, std::string tried, const std::filesystem::path& file) {
  const int extended = sqlite3_extended_errcode(connection);
  const int primary = extended & 0xff;
  const int system_error = sqlite3_system_errno(connection);
  const std::string said = sqlite3_errmsg(connection);
  const std::string system = system_error ? std::generic_category().message(system_error) : said;

  Error error{base::Fault::world, std::move(tried), file.string(), said, ""};
  if (is_disk_full(primary, system_error)) {
    error.why = "the disk is full";
    error.hint = "free some space, then go on with `fleet resume`: what was committed is safe";
  } else if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
    return damaged(std::move(error.tried), file, said);
  } else if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
    error.why = "another process has kept it locked for a long time";
    error.hint = "end the program that has it open, a stopped `sqlite3` perhaps; then `fleet resume`";
  } else if (primary == SQLITE_READONLY || primary == SQLITE_CANTOPEN || primary == SQLITE_PERM) {
    if (primary != SQLITE_READONLY) error.why = system;
    error.hint = kElsewhere;
  } else if (primary == SQLITE_IOERR) {
    error.why = fmt::format("the disk failed ({}, {})", system, sqlite3_errstr(extended));
    error.hint = fmt::format("look at the disk; {}", kElsewhere);
  }
  return error;
}

bool is_unwritable(sqlite3* connection) {
  const int primary = sqlite3_extended_errcode(connection) & 0xff;
  return primary == SQLITE_READONLY || primary == SQLITE_CANTOPEN;
}

bool is_busy(sqlite3* connection) {
  return (sqlite3_extended_errcode(connection) & 0xff) == SQLITE_BUSY;
}

}  // namespace fleet::store
