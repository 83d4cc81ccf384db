#include <fmt/format.h>

#include <unordered_map>

#include "model/json.h"
#include "report/findings.h"
#include "text/utf8.h"

// The format: docs.gitlab.com/ci/testing/code_quality, "Code Quality report format".
namespace fleet::report {
namespace {

const char* quality_severity(model::Severity severity) {
  switch (severity) {
    case model::Severity::error:
      return "critical";
    case model::Severity::warning:
      return "minor";
    case model::Severity::note:
      break;
  }
  return "info";
}

}  // namespace

std::string to_code_quality(const model::AnalysisReport& report) {
  std::string out;
  std::unordered_map<std::string, std::size_t> seen;
  for (const model::Finding& finding : report.findings) {
    if (!finding.counts() || finding.path.empty() || finding.path.front() == '/') continue;
    // One that has none, of another tool, is known by its place.
    std::string print = finding.fingerprint.empty()
                            ? fmt::format("{}:{}:{}", finding.rule, finding.path, finding.at.line)
                            : finding.fingerprint;
    if (const std::size_t before = seen[print]++; before > 0) print += fmt::format("-{}", before + 1);
    const model::Json one = {
        {"description", text::printable(finding.message.empty() ? finding.rule : finding.message)},
        {"check_name", text::printable(finding.rule, text::Newlines::escape)},
        {"fingerprint", text::printable(print, text::Newlines::escape)},
        {"severity", quality_severity(finding.severity)},
        {"location",
         {{"path", text::to_valid_utf8(finding.path)},
          {"lines", {{"begin", finding.at.line}, {"end", finding.at.end_line}}}}}};
    out += fmt::format("{}{}", out.empty() ? "[\n" : ",\n", model::dump_json(one));
  }
  return out.empty() ? "[]\n" : out + "\n]\n";
}

}  // namespace fleet::report
