#pragma once

#include "app/checkout.h"
#include "model/report.h"
#include "report/html.h"

namespace fleet::app {

// What happened in a run, as far as it is on record: also of one that is still going on.
[[nodiscard]] Result<model::Report> build_report(const Checkout& checkout, store::Reader& reader,
                                                 const store::RunRow& run, const model::Plan& plan);

// Whether the change of a run in that state is held against the gate.
[[nodiscard]] bool is_judged(model::RunState state);

// What a page shows of the runs of the same workflow, and of what the run has changed, where that is on hand
// and outlives what is given back.
[[nodiscard]] Result<report::HtmlExtras> html_extras(store::Reader& reader, const std::string& workflow,
                                                     const model::AnalysisReport* analysis);

// Writes the report in these formats into the folder; gives back the paths.
[[nodiscard]] Result<std::vector<std::string>> write_reports(const model::Report& report,
                                                             const std::vector<model::ReportFormat>& formats,
                                                             const report::HtmlExtras& extras,
                                                             const std::filesystem::path& folder);
// Whether that was done there.
[[nodiscard]] bool are_written(const model::Plan& plan, const std::filesystem::path& folder);

}  // namespace fleet::app
