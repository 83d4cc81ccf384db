#include <fmt/format.h>

#include <unordered_map>

#include "base/enum_names.h"
#include "report/findings.h"
#include "report/xml_text.h"

namespace fleet::report {
namespace {

using model::Finding;

std::string place_of(const Finding& finding) {
  if (finding.path.empty()) return "no file";
  return fmt::format("{}:{}:{}", finding.path, finding.at.line, finding.at.column);
}

std::string junit_case(const Finding& finding, const model::RuleFacts& rule, const std::string& name) {
  const std::string start = fmt::format("<testcase name=\"{}\" classname=\"{}\" time=\"0\">", xml_text(name),
                                        xml_text(finding.path.empty() ? "no file" : finding.path));
  if (const std::string why = why_not_counted(finding); !why.empty()) {
    return start + fmt::format("<skipped message=\"{}\"/></testcase>\n", xml_text(why));
  }
  std::string details = place_of(finding) + ": " + finding.message;
  if (!finding.excerpt.empty()) details += "\n    " + finding.excerpt;
  if (!rule.why.empty()) details += "\nwhy: " + rule.why;
  if (!rule.fix.empty()) details += "\nfix: " + rule.fix;
  return start + fmt::format("<failure message=\"{}\" type=\"{}\">{}</failure></testcase>\n",
                             xml_text(finding.message), base::name_of(finding.severity),
                             xml_text(details, text::Newlines::keep));
}

}  // namespace

std::string to_junit(const model::AnalysisReport& report, std::size_t limit) {
  constexpr std::size_t kReserve = 1000;  // for what stands around the cases
  const auto rules = all_rules(report);
  std::string said;
  for (const auto& note : report.notes)
    said += note + "\n";
  said = xml_text(std::string_view(said).substr(0, limit / 10), text::Newlines::keep);

  std::vector<std::string> cases;
  std::size_t bytes = said.size() + kReserve;
  std::size_t failures = 0, skipped = 0, left_out = 0;
  // Of cases with the same name GitLab keeps one.
  std::unordered_map<std::string, std::size_t> names;
  for (const Finding& finding : report.findings) {
    std::string name = fmt::format("{} at {}", finding.rule, place_of(finding));
    if (const std::size_t before = names[name]++; before > 0) name += fmt::format(" ({})", before + 1);
    std::string one = junit_case(finding, rules.at(finding.rule), name);
    if (bytes + one.size() > limit) {
      ++left_out;
      continue;
    }
    bytes += one.size();
    ++(why_not_counted(finding).empty() ? failures : skipped);
    cases.push_back(std::move(one));
  }
  if (report.findings.empty()) {
    cases.push_back(fmt::format(
        "<testcase name=\"no findings in {} files\" classname=\"fleet\" time=\"0\"/>\n", report.files));
  }
  if (left_out > 0) said += fmt::format("{} findings are left out to stay below {} bytes\n", left_out, limit);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"fleet analyze\" "
      "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"0\">\n",
      cases.size(), failures, skipped);
  for (const auto& one : cases)
    out += one;
  if (!said.empty()) out += "<system-out>" + said + "</system-out>\n";
  return out + "</testsuite>\n</testsuites>\n";
}

}  // namespace fleet::report
