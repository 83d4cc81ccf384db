#include "analysis/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

using model::Finding;
using model::FunctionMetrics;

constexpr std::size_t kMostNamed = 3;

std::string place(const std::string& path, std::uint32_t line) {
  return fmt::format("{}:{}", text::printable(path, text::Newlines::escape), line);
}

// `a.py:3 (python.eval), b.py:7 (python.eval) and 4 more`
std::string named(const std::vector<std::string>& all) {
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), kMostNamed); ++i)
    out += (i > 0 ? ", " : "") + all[i];
  if (all.size() > kMostNamed) out += fmt::format(" and {} more", all.size() - kMostNamed);
  return out;
}

std::string_view or_worse(model::Severity severity) {
  return severity == model::Severity::error ? "" : " or worse";
}

void count(const std::vector<Finding>& findings, model::GateReport& into) {
  for (const Finding& finding : findings) {
    if (!finding.counts()) continue;
    ++(finding.severity == model::Severity::error     ? into.errors
       : finding.severity == model::Severity::warning ? into.warnings
                                                      : into.notes);
  }
}

void judge_findings(const model::Gate& gate, const model::Analysis& change, model::GateReport& into) {
  if (!gate.new_findings) return;
  std::vector<std::string> bad;
  for (const Finding& finding : change.findings) {
    if (finding.counts() && finding.severity <= *gate.new_findings)
      bad.push_back(fmt::format("{} ({})", place(finding.path, finding.at.line), finding.rule));
  }
  if (bad.size() <= static_cast<std::size_t>(gate.allow)) return;
  into.failures.push_back(fmt::format("{} new {} of severity {}{}, {} allowed: {}", bad.size(),
                                      bad.size() == 1 ? "finding" : "findings",
                                      base::name_of(*gate.new_findings), or_worse(*gate.new_findings),
                                      gate.allow == 0 ? "none" : std::to_string(gate.allow), named(bad)));
}

void judge_complexity(const model::Gate& gate, const model::Analysis& change, model::GateReport& into) {
  std::vector<std::string> bad;
  for (const model::FileMetrics& file : change.metrics) {
    for (const FunctionMetrics& function : file.functions) {
      if (function.is_known) continue;
      into.highest_complexity = std::max(into.highest_complexity, function.cyclomatic);
      if (gate.complexity && function.cyclomatic > static_cast<std::uint32_t>(*gate.complexity))
        bad.push_back(fmt::format("{} at {} has {}", text::printable(function.name, text::Newlines::escape),
                                  place(file.path, function.at.line), function.cyclomatic));
    }
  }
  if (bad.empty()) return;
  into.failures.push_back(fmt::format("{} changed {} a cyclomatic complexity over {}: {}", bad.size(),
                                      bad.size() == 1 ? "function has" : "functions have", *gate.complexity,
                                      named(bad)));
}

}  // namespace

model::GateReport hold_against(const model::Gate& gate, const model::Analysis& change) {
  model::GateReport report;
  for (const auto& [kind, files] : change.files)
    report.files += static_cast<std::uint32_t>(files);
  count(change.findings, report);
  judge_findings(gate, change, report);
  judge_complexity(gate, change, report);
  report.score = change.scores.overall;
  if (gate.score && report.score < *gate.score)
    report.failures.push_back(fmt::format("the changed files score {:.1f}, and {:g} is the least",
                                          std::floor(report.score * 10) / 10, *gate.score));
  report.passed = report.failures.empty();
  return report;
}

}  // namespace fleet::analysis
