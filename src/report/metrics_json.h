#pragma once

#include "model/analysis.h"
#include "model/json.h"

// Inside the JSON of findings: what findings.schema.json calls `scores` and `metrics`.
namespace fleet::report {

[[nodiscard]] model::Json scores_json(const model::Scores& scores);
[[nodiscard]] model::Json metrics_json(const model::FileMetrics& file);

}  // namespace fleet::report
