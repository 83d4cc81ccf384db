#pragma once

#include "analysis/analyzer.h"
#include "model/analysis.h"
#include "model/analysis_report.h"

namespace fleet::app {

// What was found, with what there is to know of the rules, as reports are written from it.
[[nodiscard]] model::AnalysisReport analysis_report(const analysis::Analyzer& analyzer,
                                                    const model::Analysis& analysis);

}  // namespace fleet::app
