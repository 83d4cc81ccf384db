#pragma once

#include <optional>

#include "analysis/analyzer.h"
#include "model/analysis.h"

namespace fleet::analysis {

// The scores of what was analysed, as docs/metrics.md defines them. Findings that are suppressed or below the
// thresholds do not count; known ones do. `coverage` in percent; none: nothing is known of it.
[[nodiscard]] model::Scores scores_of(const Analyzer& analyzer, const model::Analysis& analysis,
                                      std::optional<double> coverage = {});

}  // namespace fleet::analysis
