#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

// What can fail because of the world (disk, network, bad input) returns a Result. A task that fails is data,
// not an Error; a bug is an assertion (base/assert.h).
namespace fleet::base {

// Whose fault it is, and so which exit code the program ends with (base/exit_code.h).
enum class Fault {
  input,  // the workflow file, the command line, or the state of the repository: the user can mend it
  world,  // disk, network, permissions, a missing program
};

// Reads as a sentence: "cannot <tried> <on>: <why>", then what to do next.
struct Error {
  Fault fault = Fault::world;
  std::string tried;  // "open the repository"
  std::string on;     // the path, URL or name it was tried on; may be empty
  std::string why;    // "it belongs to another user (uid 1001)"
  std::string hint;   // what to do next; may be empty

  // One line for the first three parts, and a second one, "hint: ...", where there is a hint.
  [[nodiscard]] std::string message() const;
  // All on one line, for the reason of an outcome.
  [[nodiscard]] std::string line() const;
};

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] tl::unexpected<Error> fail(Error error);
// An Error of the world from errno, whose text becomes `why`. With no hint of the caller's own, the one that
// belongs to the number (disk full, too many open files, ...).
[[nodiscard]] tl::unexpected<Error> fail_errno(std::string tried, std::string on, int error_number,
                                               std::string hint = {});
[[nodiscard]] tl::unexpected<Error> fail_input(std::string tried, std::string on, std::string why,
                                               std::string hint = {});
[[nodiscard]] tl::unexpected<Error> fail_world(std::string tried, std::string on, std::string why,
                                               std::string hint = {});

}  // namespace fleet::base

namespace fleet {
using base::Error;
using base::Result;
}  // namespace fleet

#define FLEET_CONCAT_(a, b) a##b
#define FLEET_CONCAT(a, b) FLEET_CONCAT_(a, b)

// FLEET_TRY(auto file, open(path));  declares `file`, or returns the error from the calling function.
#define FLEET_TRY(declaration, expression) \
  FLEET_TRY_(declaration, expression, FLEET_CONCAT(fleet_result_, __LINE__))
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration and a name cannot stand in parentheses.
#define FLEET_TRY_(declaration, expression, name)                 \
  auto name = (expression);                                       \
  if (!name) return tl::make_unexpected(std::move(name).error()); \
  declaration = *std::move(name)
// NOLINTEND(bugprone-macro-parentheses)

// FLEET_CHECK(write(path, text));  for a Result<> whose value is not needed.
#define FLEET_CHECK(expression)                                    \
  do {                                                             \
    if (auto fleet_result = (expression); !fleet_result)           \
      return tl::make_unexpected(std::move(fleet_result).error()); \
  } while (false)
