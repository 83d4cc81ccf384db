#include "analysis/sonar.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "analysis/json_input.h"

namespace fleet::analysis {
namespace {

constexpr const char* kSonarHint =
    "give the answer of api/issues/search, or a file as sonar.externalIssuesReportPaths takes it";

class SonarReader {
 public:
  SonarReader(const model::Json& document, const std::string& name, const ForeignOptions& options)
      : document_(document), name_(name), input_(document), findings_(options, name) {}

  Result<ForeignReport> read();

 private:
  void read_found(const model::Json& issue);
  void read_generic(const model::Json& issue);
  void read_rules();
  void say_what_is_missing();
  [[nodiscard]] std::string component_path(std::string_view key);
  [[nodiscard]] std::vector<model::FlowStep> flow(const model::Json& issue);
  // `from` and `to` name the columns, which are counted from 0.
  [[nodiscard]] model::Region region(const model::Json& of, const std::string& path, const char* from,
                                     const char* to);
  // Of SonarQube's old words and of the new ones, the worst counts.
  [[nodiscard]] std::optional<model::Severity> severity(const model::Json& of);

  struct Rule {
    std::optional<model::Severity> severity;
    std::string_view name, engine;
  };
  const model::Json& document_;
  const std::string& name_;
  JsonInput input_;
  ForeignFindings findings_;
  std::unordered_map<std::string_view, std::string_view> paths_;  // by component
  std::unordered_map<std::string_view, Rule> rules_;
};

Result<ForeignReport> SonarReader::read() {
  if (!document_.is_object() || document_.find("issues") == document_.end()) {
    return base::fail_input("read", name_, "it holds no `issues`", kSonarHint);
  }
  for (const auto& component : input_.list(document_, "components")) {
    if (component.is_object()) paths_.emplace(input_.text(component, "key"), input_.text(component, "path"));
  }
  read_rules();
  const auto& issues = input_.list(document_, "issues");
  for (const auto& issue : issues) {
    if (findings_.is_full()) break;
    if (!issue.is_object()) {
      input_.wrong(issue, "", "an issue is expected");
    } else if (issue.find("primaryLocation") != issue.end()) {
      read_generic(issue);
    } else {
      read_found(issue);
    }
  }
  say_what_is_missing();
  return findings_.take(input_, kSonarHint);
}

void SonarReader::read_rules() {
  for (const auto& rule : input_.list(document_, "rules")) {
    if (!rule.is_object()) continue;
    std::string_view id = input_.text(rule, "id");
    if (id.empty()) id = input_.text(rule, "key");
    rules_[id] = {severity(rule), input_.text(rule, "name"), input_.text(rule, "engineId")};
  }
}

void SonarReader::say_what_is_missing() {
  const auto* paging = input_.object(document_, "paging");
  const auto total = input_.number(paging == nullptr ? document_ : *paging, "total");
  const std::size_t here = input_.list(document_, "issues").size();
  if (total && *total > here) {
    findings_.remark(fmt::format("{} of {} issues stand on other pages: ask for those too (p=2, ...)",
                                 *total - here, *total));
  }
}

std::optional<model::Severity> SonarReader::severity(const model::Json& of) {
  std::optional<model::Severity> worst;
  const auto take = [&](const model::Json& at, std::string_view word) {
    if (word.empty()) return;
    model::Severity one = model::Severity::note;
    if (word == "BLOCKER" || word == "CRITICAL" || word == "HIGH") {
      one = model::Severity::error;
    } else if (word == "MAJOR" || word == "MEDIUM") {
      one = model::Severity::warning;
    } else if (word != "MINOR" && word != "LOW" && word != "INFO") {
      input_.wrong(at, "severity",
                   fmt::format("`{}` is no severity of SonarQube", printable_line(word, 100)));
    }
    worst = worst ? std::min(*worst, one) : one;  // the worst stands first
  };
  for (const auto& impact : input_.list(of, "impacts")) {
    if (impact.is_object()) take(impact, input_.text(impact, "severity"));
  }
  if (!worst) take(of, input_.text(of, "severity"));
  return worst;
}

model::Region SonarReader::region(const model::Json& of, const std::string& path, const char* from,
                                  const char* to) {
  FileLines::Bounds bounds;
  bounds.line = input_.number(of, "line").value_or(0);
  if (const auto* range = input_.object(of, "textRange")) {
    bounds.line = input_.number(*range, "startLine").value_or(0);
    bounds.end_line = input_.number(*range, "endLine").value_or(0);
    if (const auto column = input_.number(*range, from)) bounds.column = *column + 1;
    if (const auto column = input_.number(*range, to)) bounds.end_column = *column + 1;
  }
  return findings_.lines().region(path, bounds, ColumnUnit::utf16);
}

// `my:project:src/a.js` where the list of components does not tell.
std::string SonarReader::component_path(std::string_view key) {
  const auto known = paths_.find(key);
  if (known != paths_.end() && !known->second.empty()) return findings_.path(known->second);
  const std::size_t colon = key.rfind(':');
  return findings_.path(colon == std::string_view::npos ? key : key.substr(colon + 1));
}

std::vector<model::FlowStep> SonarReader::flow(const model::Json& issue) {
  std::vector<model::FlowStep> steps;
  for (const auto& one : input_.list(issue, "flows")) {
    if (!one.is_object()) continue;
    const auto& locations = input_.list(one, "locations");
    if (locations.size() < 2) continue;
    // From the sink back to the source.
    for (auto at = locations.rbegin(); at != locations.rend() && steps.size() < kMaxForeignSteps; ++at) {
      if (!at->is_object()) continue;
      std::string path = component_path(input_.text(*at, "component"));
      const auto place = region(*at, path, "startOffset", "endOffset");
      steps.push_back({std::move(path), place, std::string(input_.text(*at, "msg"))});
    }
    break;
  }
  return steps;
}

void SonarReader::read_found(const model::Json& issue) {
  const std::string_view status = input_.text(issue, "status"), resolution = input_.text(issue, "resolution");
  const std::string_view state = input_.text(issue, "issueStatus");  // from SonarQube 10.4 on
  if (status == "CLOSED" || resolution == "FIXED" || resolution == "REMOVED" || state == "FIXED") {
    return findings_.leave_out();
  }
  model::Finding finding;
  const std::string_view rule = input_.text(issue, "rule");
  if (rule.empty()) input_.wrong(issue, "rule", "the id of a rule is expected");
  finding.tool = "SonarQube";
  finding.severity = severity(issue).value_or(model::Severity::warning);
  finding.message = input_.text(issue, "message");
  const std::string_view component = input_.text(issue, "component");
  if (component.empty()) input_.wrong(issue, "component", "the key of a component is expected");
  finding.path = component_path(component);
  finding.at = region(issue, finding.path, "startOffset", "endOffset");
  finding.flow = flow(issue);
  for (const auto& tag : input_.list(issue, "tags"))
    add_cwe(finding.cwe, tag.is_string() ? cwe_in(tag.get_ref<const std::string&>()) : std::nullopt);
  ForeignMarks marks;
  for (const std::string_view word : {state, resolution}) {
    const bool is_accepted = word == "ACCEPTED" || word == "WONTFIX";
    if (is_accepted || word == "FALSE_POSITIVE" || word == "FALSE-POSITIVE") {
      marks.suppression = is_accepted ? "accepted in SonarQube" : "a false positive, says SonarQube";
    }
  }
  findings_.add_tool(finding.tool, {});
  findings_.add(std::move(finding), rule, std::move(marks), {});
}

void SonarReader::read_generic(const model::Json& issue) {
  model::Finding finding;
  const std::string_view id = input_.text(issue, "ruleId");
  if (id.empty()) input_.wrong(issue, "ruleId", "the id of a rule is expected");
  finding.tool = input_.text(issue, "engineId");
  const auto rule = rules_.find(id);
  if (finding.tool.empty() && rule != rules_.end()) finding.tool = rule->second.engine;
  if (finding.tool.empty()) finding.tool = "SonarQube";
  auto level = severity(issue);
  if (!level && rule != rules_.end()) level = rule->second.severity;
  finding.severity = level.value_or(model::Severity::warning);
  if (const auto* place = input_.object(issue, "primaryLocation")) {
    const std::string_view path = input_.text(*place, "filePath");
    if (path.empty()) input_.wrong(*place, "filePath", "the path of a file is expected");
    finding.path = findings_.path(path);
    finding.at = region(*place, finding.path, "startColumn", "endColumn");
    finding.message = input_.text(*place, "message");
  }
  if (finding.message.empty() && rule != rules_.end()) finding.message = rule->second.name;
  findings_.add_tool(finding.tool, {});
  findings_.add(std::move(finding), id, {}, {});
}

}  // namespace

Result<ForeignReport> read_sonar(std::string_view json, const std::string& name,
                                 const ForeignOptions& options) {
  FLEET_TRY(const auto document, parse_foreign_json(json, name, options.max_bytes));
  return SonarReader(document, name, options).read();
}

}  // namespace fleet::analysis
