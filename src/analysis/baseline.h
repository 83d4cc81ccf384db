#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/finding.h"

namespace fleet::analysis {

// A file of findings that are known and let be, by fingerprint, as often as they stand in it:
//
//   {"version": 1, "findings": [{"fingerprint": "...", "rule": "...", "path": "...", "message": "..."}]}
//
// Rule, path and message are for people; nothing is made of them.
[[nodiscard]] std::string write_baseline(const std::vector<model::Finding>& findings);

// Marks what the baseline holds as known, and returns how many of its findings are not there any more. An
// Error (Fault::input) when the text is no baseline.
[[nodiscard]] Result<std::size_t> apply_baseline(std::string_view text,
                                                 std::vector<model::Finding>& findings);

}  // namespace fleet::analysis
