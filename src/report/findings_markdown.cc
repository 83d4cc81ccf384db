#include "report/findings_markdown.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/enum_names.h"
#include "report/markdown_text.h"

namespace fleet::report {

using model::Finding;

namespace {

constexpr std::size_t kLongestProse = 2'000;  // columns of a rule's reason

std::string_view sign(model::Severity severity) {
  switch (severity) {
    case model::Severity::error:
      return "❌";
    case model::Severity::warning:
      return "⚠️";
    default:
      return "ℹ️";
  }
}

std::string row(const Finding& finding) {
  return fmt::format("| {} {} | {} | {} | {} |\n", sign(finding.severity), base::name_of(finding.severity),
                     code_span(finding.path + fmt::format(":{}", finding.at.line), Place::table, 120),
                     code_span(finding.rule, Place::table, 80), escape_prose(finding.message, 200));
}

}  // namespace

std::string to_remark(const Finding& finding, const model::RuleFacts* rule) {
  std::string out =
      fmt::format("{} **{}**, {}: {}\n", sign(finding.severity), base::name_of(finding.severity),
                  code_span(finding.rule, Place::paragraph), escape_prose(finding.message, 600));
  if (rule != nullptr && !rule->why.empty()) out += "\n" + escape_prose(rule->why, kLongestProse) + "\n";
  if (rule != nullptr && !rule->fix.empty()) out += "\n" + escape_prose(rule->fix, kLongestProse) + "\n";
  std::string facts;
  for (const std::string& cwe : finding.cwe)
    facts += (facts.empty() ? "" : ", ") + escape_prose(cwe, 40);
  if (!facts.empty()) out += "\n" + facts + "\n";
  return out;
}

std::string to_table(const std::vector<Finding>& findings, const std::vector<std::size_t>& which,
                     std::size_t limit) {
  if (which.empty()) return {};
  constexpr std::size_t kReserve = 200;  // for what says how many are left out
  std::string out = "\n## Findings\n\n| | Where | Rule | What |\n| --- | --- | --- | --- |\n";
  if (limit < out.size() + kReserve) return {};
  std::vector<std::size_t> order = which;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return findings[a].severity < findings[b].severity; });
  std::size_t shown = 0;
  for (const std::size_t index : order) {
    const std::string text = row(findings[index]);
    if (out.size() + text.size() + kReserve > limit) break;
    out += text;
    ++shown;
  }
  if (shown < order.size())
    out += fmt::format("\n_{} more {} no room here; findings.json has them all._\n", order.size() - shown,
                       order.size() - shown == 1 ? "finds" : "find");
  return out;
}

}  // namespace fleet::report
