#include "app/analysis_report.h"

#include <fmt/format.h>

#include "text/utf8.h"

namespace fleet::app {

model::AnalysisReport analysis_report(const analysis::Analyzer& analyzer, const model::Analysis& analysis) {
  model::AnalysisReport report;
  report.version = FLEET_VERSION;
  report.findings = analysis.findings;
  report.scores = analysis.scores;
  report.duplication = analysis.duplication;
  for (const auto& [kind, count] : analysis.files) {
    report.files += count;
    if (kind == model::FileKind::source || kind == model::FileKind::text) continue;
    report.notes.push_back(fmt::format("{} {} {}: only secrets were looked for", count, base::name_of(kind),
                                       count == 1 ? "file" : "files"));
  }
  for (const model::AnalysisRemark& remark : analysis.remarks) {
    const std::string path = text::printable(remark.path, text::Newlines::escape);
    report.notes.push_back(path.empty() ? remark.what : fmt::format("{}: {}", path, remark.what));
  }
  for (const analysis::Rule& rule : analyzer.rules().rules()) {
    report.rules.push_back({rule.id, "fleet", rule.severity, rule.confidence, rule.message, rule.why,
                            rule.fix, rule.cwe, rule.owasp});
  }
  for (const analysis::SecretRule& rule : analyzer.secrets().rules()) {
    report.rules.push_back({rule.id,
                            "fleet",
                            rule.severity,
                            rule.confidence,
                            rule.message,
                            "Whoever can read the repository, or its history, can use it.",
                            "Revoke it, and read it from the environment or a store of secrets.",
                            {"CWE-798"},
                            "A07:2021"});
  }
  return report;
}

}  // namespace fleet::app
