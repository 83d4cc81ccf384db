#pragma once

#include "app/checkout.h"
#include "model/report.h"

namespace fleet::app {

// What happened in a run, as far as it is on record: also of one that is still going on.
[[nodiscard]] Result<model::Report> build_report(const Checkout& checkout, store::Reader& reader,
                                                 const store::RunRow& run, const model::Plan& plan);

// Whether the change of a run in that state is held against the gate.
[[nodiscard]] bool is_judged(model::RunState state);

// Writes what the plan's formats ask for into the folder; gives back the paths.
[[nodiscard]] Result<std::vector<std::string>> write_reports(const model::Report& report,
                                                             const model::Plan& plan,
                                                             const std::filesystem::path& folder);
// Whether that was done there.
[[nodiscard]] bool are_written(const model::Plan& plan, const std::filesystem::path& folder);

}  // namespace fleet::app
