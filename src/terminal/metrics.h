#pragma once

#include <cstddef>
#include <string>

#include "model/analysis_report.h"
#include "terminal/terminal.h"

namespace fleet::terminal {

// Each score on one line: `score 83 of 100: maintainability 71, security 90, performance 100`.
[[nodiscard]] std::string scores_text(const model::AnalysisReport& report, const Look& look);

// The sums of all files, and a table of the `most` functions that are hardest to follow. Pure.
[[nodiscard]] std::string metrics_text(const model::AnalysisReport& report, std::size_t most,
                                       const Look& look);

}  // namespace fleet::terminal
