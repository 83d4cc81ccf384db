#pragma once

#include <string>
#include <string_view>

#include "analysis/foreign_report.h"
#include "base/result.h"

namespace fleet::analysis {

// Findings of SonarQube and SonarCloud, from either of
// - the answer of `api/issues/search`: what is closed or fixed is left out and counted; what was marked as a
//   false positive, accepted or not to be fixed has that as its suppression where `options.takes_marks`; that
//   more pages exist is said;
// - a file of generic issues, as `sonar.externalIssuesReportPaths` takes it, with severities at the issues or
//   at the rules.
// A rule's id is `sonarqube.` and its own, or the engine's name and its own. Of several flows the first is
// taken; single places beside the finding are no flow.
//
// `name` is the file's. The report is trusted in nothing; an Error says by a JSON pointer what is wrong.
[[nodiscard]] Result<ForeignReport> read_sonar(std::string_view json, const std::string& name,
                                               const ForeignOptions& options);

}  // namespace fleet::analysis
