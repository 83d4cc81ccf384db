#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/known_findings.h"
#include "base/result.h"
#include "model/finding.h"

namespace fleet::analysis {

// A file of findings that are known and let be, by fingerprint, as often as they stand in it:
//
//   {"version": 1, "findings": [{"fingerprint": "...", "rule": "...", "path": "...", "message": "..."}]}
//
// Rule, path and message are for people; nothing is made of them.
[[nodiscard]] std::string write_baseline(const std::vector<model::Finding>& findings);

// An Error (Fault::input) when the text is no baseline.
[[nodiscard]] Result<KnownFindings> read_baseline(std::string_view text);

}  // namespace fleet::analysis
