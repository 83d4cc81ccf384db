#pragma once

#include <cstddef>
#include <string>

#include "model/analysis_report.h"
#include "terminal/terminal.h"

namespace fleet::terminal {

struct FindingsView {
  std::size_t most = 50;    // findings; those that tell most
  bool explains = false;    // with why and fix of the rule, and the way of the data
  bool has_marked = false;  // also those that do not count, and why they do not
};

// What analysis found: a line `path:line:column: severity rule: message` for each finding, with its excerpt
// under it, the notes, and a last line that counts. Text with line ends; pure.
[[nodiscard]] std::string findings_text(const model::AnalysisReport& report, const FindingsView& view,
                                        const Look& look);

}  // namespace fleet::terminal
