#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/checkout.h"
#include "app/world.h"
#include "attempt/change_gate.h"
#include "base/object_id.h"
#include "base/result.h"
#include "model/analysis_report.h"
#include "model/plan.h"
#include "model/report.h"

// The gate of a run: which one, and what the run's change comes to by it.
namespace fleet::app {

// The gate of the plan's workflow as it stands in the commit `judge`, so that a change does not loosen its
// own; the plan's, where there is none in that commit. Says so where the two differ.
[[nodiscard]] Result<std::optional<model::Gate>> gate_in_force(const World& world,
                                                               const git::Repository& repository,
                                                               const model::Plan& plan, ObjectId judge);

// For single attempts. Null where nothing would be mended: the plan has no gate, or no task that runs again.
[[nodiscard]] Result<std::shared_ptr<const attempt::ChangeGate>> gate_of_attempts(
    const World& world, const git::Repository& repository, const model::Plan& plan, ObjectId judge);

inline constexpr const char* kFindingsFile = "findings.json";

struct Judgement {
  model::GateReport gate;
  model::AnalysisReport analysis;
};
// What has changed since the commit `base`, by its rules, its baseline and its settings of cppcheck.
[[nodiscard]] Result<Judgement> judge_change(const World& world, const Checkout& checkout,
                                             const model::Gate& gate, ObjectId base, ObjectId to);

// As findings.json in the folder, which is there; gives back the path.
[[nodiscard]] Result<std::vector<std::string>> write_findings(const model::AnalysisReport& analysis,
                                                              const std::filesystem::path& folder);

// What was written there; none: nothing was, as by a run without a gate.
[[nodiscard]] Result<std::optional<model::AnalysisReport>> written_findings(
    const std::filesystem::path& folder);

// What came of it is kept in the run's own folder; none: it was not judged yet.
[[nodiscard]] Result<> keep_gate(const Checkout& checkout, const std::string& run,
                                 const model::GateReport& gate);
[[nodiscard]] Result<std::optional<model::GateReport>> kept_gate(const Checkout& checkout,
                                                                 const std::string& run);

}  // namespace fleet::app
