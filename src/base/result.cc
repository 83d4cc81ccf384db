#include "base/result.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace fleet::base {

namespace {

std::string sentence(const Error& error) {
  std::string text = fmt::format("cannot {}", error.tried);
  if (!error.on.empty()) text += fmt::format(" {}", error.on);
  if (!error.why.empty()) text += fmt::format(": {}", error.why);
  return text;
}

const char* hint_for(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "the disk (or its quota) is full: free some space, then go on with `fleet resume`";
    case EROFS:
      return "it lies on a read-only file system: use another folder (--state DIR for fleet's own files)";
    case EMFILE:
      return "this process has too many files open: raise `ulimit -n`, or run fewer tasks at once";
    case ENFILE:
      return "this machine has too many files open: run fewer tasks at once";
    case EAGAIN:
      return "a limit on processes or memory was met (`ulimit -u`, the container's pids limit): run fewer at "
             "once";
    case ENOMEM:
      return "there is not enough memory: run fewer tasks at once";
    case EACCES:
    case EPERM:
      return "check who owns it and its permissions";
    default:
      return "";
  }
}

}  // namespace

std::string Error::message() const {
  return hint.empty() ? sentence(*this) : fmt::format("{}\nhint: {}", sentence(*this), hint);
}

std::string Error::line() const {
  return hint.empty() ? sentence(*this) : fmt::format("{}; {}", sentence(*this), hint);
}

tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

tl::unexpected<Error> fail_errno(std::string tried, std::string on, int error_number, std::string hint) {
  if (hint.empty()) hint = hint_for(error_number);
  return fail_world(std::move(tried), std::move(on), std::generic_category().message(error_number),
                    std::move(hint));
}

tl::unexpected<Error> fail_input(std::string tried, std::string on, std::string why, std::string hint) {
  return fail({Fault::input, std::move(tried), std::move(on), std::move(why), std::move(hint)});
}

tl::unexpected<Error> fail_world(std::string tried, std::string on, std::string why, std::string hint) {
  return fail({Fault::world, std::move(tried), std::move(on), std::move(why), std::move(hint)});
}

}  // namespace fleet::base
