#pragma once

#include "app/checkout.h"
#include "model/report.h"

namespace fleet::app {

// What happened in a run, as far as it is on record: also of one that is still going on.
[[nodiscard]] Result<model::Report> build_report(const Checkout& checkout, store::Reader& reader,
                                                 const store::RunRow& run, const model::Plan& plan);

inline constexpr const char* kMarkdownReport = "report.md";  // written last
// Writes report.json and report.md into the folder; gives back their paths.
[[nodiscard]] Result<std::vector<std::string>> write_reports(const model::Report& report,
                                                             const std::filesystem::path& folder);

}  // namespace fleet::app
