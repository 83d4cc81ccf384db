#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/known_findings.h"
#include "base/result.h"
#include "model/finding.h"

namespace fleet::analysis {

// The rule by which a run finds the values of its own secrets in what its tasks change.
inline constexpr const char* kWorkflowSecret = "secrets.workflow-secret";

// A file of findings that are known and let be, by fingerprint, as often as they stand in it:
//
//   {"version": 1, "findings": [{"fingerprint": "...", "rule": "...", "path": "...", "message": "..."}]}
//
// Path and message are for people, and so is the rule, but for kWorkflowSecret. Of what is there already
// (`before`; empty, or no baseline: nothing) only what that rule found is taken over: it looks into changes
// of runs alone.
[[nodiscard]] std::string write_baseline(const std::vector<model::Finding>& findings,
                                         std::string_view before = {});

// An Error (Fault::input) when the text is no baseline.
[[nodiscard]] Result<KnownFindings> read_baseline(std::string_view text);

}  // namespace fleet::analysis
