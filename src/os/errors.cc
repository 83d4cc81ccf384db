#include "os/errors.h"

#include <cerrno>
#include <utility>

namespace fleet::os {
namespace {

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

tl::unexpected<Error> fail_system(std::string tried, std::string on, int error_number) {
  return base::fail_errno(std::move(tried), std::move(on), error_number, hint_for(error_number));
}

}  // namespace fleet::os
