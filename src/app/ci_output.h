#pragma once

#include <map>
#include <string>

#include "app/world.h"
#include "base/result.h"
#include "model/analysis_report.h"
#include "model/diagnostic.h"
#include "model/plan.h"
#include "model/report.h"

// What the CI system around us is told. Nothing of it is done elsewhere, and what fails of it is a warning:
// the exit code is the run's.
namespace fleet::app {

// Before a run: an Error for a job that must run none.
[[nodiscard]] Result<> check_job(const World& world);

// That the log shows no secret, by the names of the variables, nor the token, whoever prints them.
void hide_in_ci(const World& world, const std::map<std::string, std::string>& secrets);

// At the lines of the workflow file.
void annotate(const World& world, const model::Diagnostics& diagnostics);
void annotate(const World& world, const Error& error);

// After a run: annotations, the step's summary, the outputs. `folder`: of the reports; empty: none are
// written. `analysis`: of what the run has changed, where a gate asked for it.
void tell_ci(const World& world, const model::Report& report, const model::AnalysisReport* analysis,
             const std::string& folder);

// On the pull request that the job is for, as the workflow's `report.comment` has it: how the run went. `key`
// tells the comment apart from those of other runs of the same job. Waits for GitHub; of a run that was
// stopped for a second at most, since the forge is about to end the job.
void comment_in_ci(const World& world, const model::Plan& plan, const model::Report& report,
                   const std::string& key);

// Of a command that ended with an error: an annotation, and what became of it.
void tell_ci(const World& world, const Error& error);

}  // namespace fleet::app
