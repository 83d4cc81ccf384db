#pragma once

#include <string_view>

namespace fleet::report {

// The page of the HTML report, as it is before and after its data: template, style, scripts, and the policy
// with their hashes. Bundled from src/report/html/ while building.
extern const std::string_view kPageHead;
extern const std::string_view kPageTail;

}  // namespace fleet::report
