#include "analysis/scores.h"

#include <algorithm>

namespace fleet::analysis {
namespace {

// Of the functions, by their lines of code; of the file where it has none.
double mean_maintainability(const std::vector<model::FileMetrics>& files) {
  double sum = 0, lines = 0;
  const auto add = [&](double maintainability, const model::LineCounts& counts) {
    sum += maintainability * counts.code;
    lines += counts.code;
  };
  for (const model::FileMetrics& file : files) {
    if (file.functions.empty()) add(file.maintainability, file.lines);
    for (const model::FunctionMetrics& function : file.functions)
      add(function.maintainability, function.lines);
  }
  return lines > 0 ? sum / lines : 100;
}

}  // namespace

model::Scores scores_of(const Analyzer& analyzer, const model::Analysis& analysis,
                        std::optional<double> coverage) {
  int dangerous = 0, secrets = 0, unsafe = 0, slow = 0;
  for (const model::Finding& finding : analysis.findings) {
    if (finding.suppression || finding.is_below_threshold) continue;
    if (finding.rule.starts_with("secrets.")) ++secrets;
    const Rule* rule = analyzer.rule(finding.rule);
    if (rule == nullptr) continue;
    if (rule->counts == Counts::dangerous_call) ++dangerous;
    if (rule->counts == Counts::unsafe_pattern) ++unsafe;
    if (rule->category == Category::performance) ++slow;
  }
  model::Scores scores;
  scores.maintainability = mean_maintainability(analysis.metrics);
  scores.security = std::max(0.0, 100.0 - 15 * dangerous - 20 * secrets - 10 * unsafe);
  scores.performance = std::max(0.0, 100.0 - 10 * slow);
  scores.coverage = coverage;
  const double covered = 0.2 * coverage.value_or(0);
  const double weights = coverage ? 1.0 : 0.8;
  scores.overall =
      (0.3 * scores.maintainability + covered + 0.3 * scores.security + 0.2 * scores.performance) / weights;
  return scores;
}

}  // namespace fleet::analysis
