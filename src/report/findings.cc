#include "report/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace fleet::report {

using model::Finding;
using model::Severity;

std::string why_not_counted(const Finding& finding) {
  if (finding.suppression) {
    return finding.suppression->empty() ? "suppressed in the code"
                                        : "suppressed in the code: " + *finding.suppression;
  }
  if (finding.is_known) return "known before the change";
  return finding.is_below_threshold ? "below the threshold" : "";
}

FindingCounts finding_counts(const std::vector<Finding>& findings) {
  FindingCounts counts;
  for (const Finding& finding : findings) {
    if (finding.suppression) {
      ++counts.suppressed;
    } else if (finding.is_known) {
      ++counts.known;
    } else if (finding.is_below_threshold) {
      ++counts.below_threshold;
    } else {
      ++(finding.severity == Severity::error     ? counts.errors
         : finding.severity == Severity::warning ? counts.warnings
                                                 : counts.notes);
    }
  }
  return counts;
}

std::string describe(const FindingCounts& counts, std::size_t files) {
  std::string out;
  const auto add = [&](std::size_t count, std::string_view one, std::string_view many) {
    if (count == 0) return;
    if (!out.empty() && out.back() != ' ') out += ", ";
    out += fmt::format("{} {}", count, count == 1 ? one : many);
  };
  add(counts.errors, "error", "errors");
  add(counts.warnings, "warning", "warnings");
  add(counts.notes, "note", "notes");
  if (out.empty()) out = "no findings";
  out += fmt::format(" in {} {}", files, files == 1 ? "file" : "files");
  if (counts.known + counts.suppressed + counts.below_threshold == 0) return out;
  out += "; ";
  add(counts.known, "known", "known");
  add(counts.suppressed, "suppressed", "suppressed");
  add(counts.below_threshold, "below the threshold", "below the threshold");
  return out;
}

std::vector<std::size_t> most_telling(const std::vector<Finding>& findings, std::vector<std::size_t> among,
                                      std::size_t most) {
  if (among.size() <= most) return among;
  const auto rank = [&](std::size_t index) {
    const Finding& finding = findings[index];
    const bool is_marked = finding.suppression || finding.is_known || finding.is_below_threshold;
    return std::tuple(is_marked, finding.severity, index);
  };
  std::sort(among.begin(), among.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  among.resize(most);
  std::sort(among.begin(), among.end());
  return among;
}

std::map<std::string, model::RuleFacts> all_rules(const model::AnalysisReport& report) {
  std::map<std::string, model::RuleFacts> rules;
  for (const auto& rule : report.rules)
    rules.emplace(rule.id, rule);
  for (const Finding& finding : report.findings) {
    if (rules.count(finding.rule) != 0) continue;
    rules[finding.rule] = {finding.rule, finding.tool, finding.severity, finding.confidence, "",
                           "",           "",           finding.cwe,      finding.owasp};
  }
  return rules;
}

}  // namespace fleet::report
