#include "analysis/cppcheck_findings.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "analysis/compile_flags.h"
#include "analysis/remarks.h"
#include "os/files.h"

namespace fleet::analysis {
namespace {

constexpr std::uint64_t kMaxCounted = 32 << 20;
constexpr std::size_t kMaxCppcheckText = 1000;
constexpr std::size_t kMaxNotes = 1000;

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

CppcheckReader::CppcheckReader(const std::string& root)
    : root_(root), lines_([root](const std::string& path) -> std::optional<std::string> {
        auto bytes = os::read_file_below(root, path, kMaxCounted);
        return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
      }) {}

void CppcheckReader::add(const CppcheckMessage& message, const std::string& file) {
  const auto region = [&](const std::string& in, const CppcheckPlace& place) {
    return lines_.word(in, place.line, place.column, ColumnUnit::byte);
  };
  const auto path_of = [&](const CppcheckPlace& place) { return path_below(root_, root_, place.file); };
  const std::string path = message.places.empty() ? file : path_of(message.places.front());
  const bool is_outside = path.empty() || path.front() == '/';
  if (is_about_itself(message) || message.places.empty() || is_outside) {
    CppcheckNote note{path, message.places.empty() ? 1 : message.places.front().line,
                      printable_line(message.id, 100), printable_line(message.text, kMaxCppcheckText)};
    if (notes_.size() < kMaxNotes) notes_.insert(std::move(note));
    return;
  }
  model::Finding finding;
  finding.rule = "cppcheck." + printable_line(message.id, 100);
  finding.tool = "cppcheck";
  finding.severity = finding_severity(message.severity);
  finding.confidence = finding_confidence(message);
  finding.message = printable_line(message.text, kMaxCppcheckText);
  finding.path = path;
  finding.at = region(path, message.places.front());
  if (!message.cwe.empty()) finding.cwe.push_back("CWE-" + message.cwe);
  if (message.places.size() > 1) {
    for (auto place = message.places.rbegin(); place != message.places.rend(); ++place) {
      const std::string step = path_of(*place);
      finding.flow.push_back({step, region(step, *place), printable_line(place->info, kMaxCppcheckText)});
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

std::vector<CppcheckNote> CppcheckReader::notes() const {
  return {notes_.begin(), notes_.end()};
}

}  // namespace fleet::analysis
