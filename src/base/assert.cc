#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace fleet::base {

void assertion_failed(const char* condition, const char* message, const char* file, int line) {
  std::fprintf(stderr,
               "fleet: internal error: %s (%s) at %s:%d\n"
               "This is a bug in fleet. The run is safe on disk: `fleet resume` goes on from it.\n",
               message, condition, file, line);
  std::abort();
}

}  // namespace fleet::base
