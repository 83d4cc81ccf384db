#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/analysis_report.h"

// Findings in GitHub's Markdown, for comments. Everything in them is untrusted and is escaped. Pure
// functions.
namespace fleet::report {

// For the line that a finding is of: what it is, why it is bad, and what to do instead.
[[nodiscard]] std::string to_remark(const model::Finding& finding, const model::RuleFacts* rule);

// A table under a heading, of at most `limit` bytes, the worst first: what finds no room is counted. Empty
// where there is nothing to tell, or no room at all.
[[nodiscard]] std::string to_table(const std::vector<model::Finding>& findings,
                                   const std::vector<std::size_t>& which, std::size_t limit);

}  // namespace fleet::report
