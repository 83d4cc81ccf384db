#pragma once

#include <optional>
#include <string>

#include "app/checkout.h"
#include "app/world.h"
#include "base/result.h"
#include "forge/github_pull.h"
#include "model/analysis_report.h"
#include "model/plan.h"
#include "model/report.h"

namespace fleet::app {

// What a run has to say on a pull request, as the workflow's `report.comment` has it: how it went, on the one
// that the job is for; with `inline` also each finding, at its line. Where the result is a pull request of
// its own, the findings are said there: `opened`. `key` tells these comments apart from those of other runs
// of the same job. Waits for GitHub; of a run that was stopped for a second at most, since the forge is about
// to end the job. What fails is a warning.
void comment_in_ci(const World& world, const Checkout& checkout, const model::Plan& plan,
                   const model::Report& report, const model::AnalysisReport* analysis,
                   const std::optional<forge::OpenPull>& opened, const std::string& key);

// The same comment, of a run in another job whose reports are at hand; the pull request is that of the event.
// An Error where it could not be written; false where there is no such pull request (any more).
[[nodiscard]] Result<bool> publish_in_ci(const World& world, const model::Report& report,
                                         const model::AnalysisReport* analysis, const std::string& key);

}  // namespace fleet::app
