#pragma once

#include "base/result.h"

namespace fleet::base {

// How the program ends. Documented in the README; scripts rely on the numbers.
enum class ExitCode : int {
  good = 0,
  failed = 1,         // the run or its gate failed
  usage = 2,          // the workflow or the command line is wrong, or asks for what this build cannot honour
  world = 3,          // git, disk, network
  interrupted = 130,  // by SIGINT or SIGTERM; `fleet resume` goes on
};

[[nodiscard]] constexpr ExitCode exit_code(const Error& error) {
  return error.fault == Fault::input ? ExitCode::usage : ExitCode::world;
}

}  // namespace fleet::base
