#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "os/process.h"

namespace fleet::os {

struct FinishedProgram {
  ProcessEnd end;
  std::string out;
  std::string err;
  bool cut = false;  // more came than was kept
  [[nodiscard]] bool succeeded() const { return end.cause == EndCause::own && end.exit_status == 0; }
};

// Runs it and waits: for short programs on a worker's or a test's thread, never on the loop's. Keeps at most
// `max_output` bytes of each stream.
[[nodiscard]] Result<FinishedProgram> run_program(ProcessSpec spec, std::size_t max_output = 1 << 20);

}  // namespace fleet::os
