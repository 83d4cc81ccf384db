#include "analysis/cppcheck_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "analysis/compile_commands.h"
#include "os/files.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::uint64_t kMaxCounted = 32 << 20;

// What cppcheck guesses from how things are named or left out, and is often right to be there.
const std::set<std::string>& guesses() {
  static const std::set<std::string> ids{
      "copyCtorPointerCopying", "ctuOneDefinitionRuleViolation",
      "noCopyConstructor",      "noDestructor",
      "noOperatorEq",           "operatorEqVarError",
      "uninitDerivedMemberVar", "uninitMemberVar",
      "uninitMemberVarPrivate", "uninitStructMember",
  };
  return ids;
}

// Only of its own settings, also where it says `error`.
bool is_about_itself(const CppcheckMessage& message) {
  static const std::set<std::string> ids{
      "ConfigurationNotChecked",
      "checkersReport",
      "cppcheckLimit",
      "missingInclude",
      "missingIncludeSystem",
      "noValidConfiguration",
      "normalCheckLevelMaxBranches",
      "purgedConfiguration",
      "toomanyconfigs",
      "unmatchedSuppression",
  };
  return ids.count(message.id) != 0 || message.severity == "information" || message.severity == "debug" ||
         message.severity == "none" || ends_the_check(message.id);
}

model::Severity finding_severity(const std::string& severity) {
  if (severity == "error") return model::Severity::error;
  if (severity == "warning" || severity == "portability") return model::Severity::warning;
  return model::Severity::note;  // style, performance
}

// `error` is what cppcheck has proved of one path through the code as it sees it, `warning` what it supposes.
model::Confidence finding_confidence(const CppcheckMessage& message) {
  if (message.inconclusive || guesses().count(message.id) != 0) return model::Confidence::low;
  return message.severity == "error" ? model::Confidence::high : model::Confidence::medium;
}

auto finding_order(const model::Finding& finding) {
  return std::tie(finding.path, finding.at.line, finding.at.column, finding.rule, finding.message);
}

}  // namespace

bool ends_the_check(const std::string& id) {
  static const std::set<std::string> ids{
      "cppcheckError",      "includeNestedTooDeeply",
      "instantiationError", "internalAstError",
      "internalError",      "preprocessorErrorDirective",
      "simplifyTypedef",    "syntaxError",
      "unhandledChar",      "unknownMacro",
  };
  return ids.count(id) != 0;
}

const std::vector<std::string>& CppcheckReader::lines(const std::string& path) {
  if (lines_of_ == path) return lines_;
  lines_of_ = path;
  lines_.clear();
  const auto bytes = os::read_file(root_ + "/" + path, kMaxCounted);
  if (!bytes) return lines_;
  for (std::size_t at = 0; at < bytes->size();) {
    const std::size_t end = std::min(bytes->find('\n', at), bytes->size());
    lines_.push_back(bytes->substr(at, end - at));
    at = end + 1;
  }
  return lines_;
}

model::Region CppcheckReader::region(const std::string& path, const CppcheckPlace& place) {
  model::Region region{place.line, place.column, place.line, place.column + 1};
  const auto& source = lines(path);
  if (place.line > source.size()) return region;
  const std::string& line = source[place.line - 1];
  const std::size_t start = std::min<std::size_t>(place.column - 1, line.size());
  std::size_t end = start;
  while (end < line.size() &&
         (text::is_ascii_letter(line[end]) || text::is_ascii_digit(line[end]) || line[end] == '_'))
    ++end;
  if (end == start && end < line.size()) ++end;
  region.column = static_cast<std::uint32_t>(text::count_codepoints(line.substr(0, start)) + 1);
  region.end_column =
      region.column + static_cast<std::uint32_t>(text::count_codepoints(line.substr(start, end - start)));
  return region;
}

void CppcheckReader::add(const CppcheckMessage& message, const std::string& file) {
  const auto path_of = [&](const CppcheckPlace& place) { return path_below(root_, root_, place.file); };
  const std::string path = message.places.empty() ? file : path_of(message.places.front());
  const bool is_outside = path.empty() || path.front() == '/';
  if (is_about_itself(message) || message.places.empty() || is_outside) {
    notes_.push_back({path, message.places.empty() ? 1 : message.places.front().line, message.id,
                      text::printable(message.text)});
    return;
  }
  model::Finding finding;
  finding.rule = "cppcheck." + message.id;
  finding.tool = "cppcheck";
  finding.severity = finding_severity(message.severity);
  finding.confidence = finding_confidence(message);
  finding.message = text::printable(message.text);
  finding.path = path;
  finding.at = region(path, message.places.front());
  if (!message.cwe.empty()) finding.cwe.push_back("CWE-" + message.cwe);
  if (message.places.size() > 1) {
    for (auto place = message.places.rbegin(); place != message.places.rend(); ++place) {
      const std::string step = path_of(*place);
      finding.flow.push_back({step, region(step, *place), text::printable(place->info)});
    }
  }
  findings_.push_back(std::move(finding));
}

std::vector<model::Finding> CppcheckReader::take_findings() {
  std::stable_sort(findings_.begin(), findings_.end(), [](const auto& left, const auto& right) {
    return finding_order(left) < finding_order(right);
  });
  const auto same = [](const auto& left, const auto& right) {
    return finding_order(left) == finding_order(right);
  };
  findings_.erase(std::unique(findings_.begin(), findings_.end(), same), findings_.end());
  return std::move(findings_);
}

std::vector<CppcheckNote> CppcheckReader::take_notes() {
  const auto order = [](const CppcheckNote& note) {
    return std::tie(note.path, note.line, note.id, note.text);
  };
  std::sort(notes_.begin(), notes_.end(),
            [&](const auto& left, const auto& right) { return order(left) < order(right); });
  notes_.erase(std::unique(notes_.begin(), notes_.end()), notes_.end());
  return std::move(notes_);
}

}  // namespace fleet::analysis
