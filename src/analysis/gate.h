#pragma once

#include "model/analysis.h"
#include "model/report.h"
#include "model/workflow.h"

namespace fleet::analysis {

// Holds a change against a gate: `change` is what analyze_files() made of the changed files, with what they
// were before. Functions that were there before, word for word, are not of the change.
[[nodiscard]] model::GateReport hold_against(const model::Gate& gate, const model::Analysis& change);

}  // namespace fleet::analysis
