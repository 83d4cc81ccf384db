#pragma once

#include <map>
#include <string>

#include "app/world.h"
#include "base/result.h"
#include "model/analysis_report.h"
#include "model/diagnostic.h"
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
// Of what did not become of what CI was to be told.
void warn(const World& world, const Error& error);

// After a run: annotations, the step's summary, the outputs. `folder`: of the reports; empty: none are
// written. `analysis`: of what the run has changed, where a gate asked for it.
void tell_ci(const World& world, const model::Report& report, const model::AnalysisReport* analysis,
             const std::string& folder);

// Of a command that ended with an error: an annotation, and what became of it.
void tell_ci(const World& world, const Error& error);

}  // namespace fleet::app
