#pragma once

#include <cstddef>
#include <string>

#include "model/diagnostic.h"
#include "model/workflow.h"
#include "yaml/problems.h"

namespace fleet::workflow {

// What a workflow may ask for, beside the bounds of YAML itself (yaml/document.h).
inline constexpr std::size_t kMostTasks = 100'000;    // cells of matrices counted one by one
inline constexpr std::size_t kMostAxes = 20;          // of one matrix
inline constexpr std::size_t kMostOutputs = 1'000;    // of one task
inline constexpr std::size_t kMostMatrixCells = 256;  // of one task, as GitHub has it
using yaml::kMostDiagnostics;

struct Reading {
  model::Workflow workflow;        // complete only when there are no diagnostics
  model::Diagnostics diagnostics;  // in the file's order

  [[nodiscard]] bool good() const { return diagnostics.empty(); }
};

// Reads the text of a workflow file (docs/workflow.md says what may stand in it) and checks everything that
// one file can tell, so that all that is wrong is said at once; text that is not YAML stops at its first
// error. Cycles among `needs` are left to plan/. No I/O: `path` is for messages, and names a workflow that
// has no name.
[[nodiscard]] Reading read(std::string path, std::string source);

}  // namespace fleet::workflow
