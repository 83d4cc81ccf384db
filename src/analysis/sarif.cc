#include "analysis/sarif.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/json_input.h"
#include "analysis/sarif_run.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxClasses = 100;  // tags, taxa: of one rule or result
constexpr std::size_t kMaxFingerprints = 20;
constexpr const char* kSarifHint = "let the tool write SARIF 2.1.0 again; a converter may write it wrongly";

class SarifReader {
 public:
  SarifReader(const model::Json& document, const std::string& name, const ForeignOptions& options)
      : document_(document), name_(name), input_(document), findings_(options, name) {}

  Result<ForeignReport> read();

 private:
  void read_run(const model::Json& run);
  void read_result(SarifRun& run, const model::Json& result);
  void read_troubles(const SarifRun& run, const model::Json& json);
  [[nodiscard]] model::Severity severity(const model::Json& result, const SarifRun::Rule& rule,
                                         std::string_view kind);
  void read_classes(const model::Json& result, const SarifRun::Rule& rule, model::Finding& finding);
  void read_properties(const model::Json& of, model::Finding& finding);
  void read_taxa(const model::Json& list, bool is_relationship, model::Finding& finding);
  [[nodiscard]] std::optional<std::string> suppression(const model::Json& result);
  [[nodiscard]] std::vector<std::string> identity(const model::Json& result);

  const model::Json& document_;
  const std::string& name_;
  JsonInput input_;
  ForeignFindings findings_;
};

Result<ForeignReport> SarifReader::read() {
  if (!document_.is_object()) return base::fail_input("read", name_, "it is no SARIF: no object", kSarifHint);
  const std::string_view version = input_.text(document_, "version");
  if (version.substr(0, 4) != "2.1.") {
    input_.wrong(document_, "version",
                 fmt::format("2.1.0 is expected, not `{}`", printable_line(version, 100)));
  }
  if (document_.find("runs") == document_.end())
    input_.wrong(document_, "runs", "a list of runs is expected");
  for (const auto& run : input_.list(document_, "runs")) {
    if (run.is_object()) {
      read_run(run);
    } else {
      input_.wrong(run, "", "a run is expected");
    }
  }
  return findings_.take(input_, kSarifHint);
}

void SarifReader::read_run(const model::Json& json) {
  SarifRun run(json, input_, findings_);
  if (run.tool().empty()) return;
  findings_.add_tool(run.tool(), run.version());
  read_troubles(run, json);
  for (const auto& result : input_.list(json, "results")) {
    if (findings_.is_full()) return;
    if (result.is_object()) {
      read_result(run, result);
    } else {
      input_.wrong(result, "", "a result is expected");
    }
  }
}

// That a tool did not get to its end is no finding, and yet changes what its silence means.
void SarifReader::read_troubles(const SarifRun& run, const model::Json& json) {
  const auto* external = input_.object(json, "externalPropertyFileReferences");
  if (external != nullptr && !input_.list(*external, "results").empty()) {
    findings_.remark(
        fmt::format("{}: results stand in files beside this one, which are not read", run.tool()));
  }
  std::size_t errors = 0;
  std::string_view first;
  for (const auto& invocation : input_.list(json, "invocations")) {
    if (!invocation.is_object()) continue;
    const auto successful = invocation.find("executionSuccessful");
    if (successful != invocation.end() && *successful == false) {
      findings_.remark(run.tool() + ": it did not run to its end, as it says itself");
    }
    for (const auto& notification : input_.list(invocation, "toolExecutionNotifications")) {
      if (!notification.is_object() || input_.text(notification, "level") != "error") continue;
      const auto* message = input_.object(notification, "message");
      if (++errors == 1 && message != nullptr) first = input_.text(*message, "text");
    }
  }
  if (errors == 0) return;
  findings_.remark(fmt::format("{}: {} errors while it ran, the first: {}", run.tool(), errors,
                               printable_line(first, 200)));
}

void SarifReader::read_result(SarifRun& run, const model::Json& result) {
  const std::string_view kind = input_.text(result, "kind");
  const std::string_view state = input_.text(result, "baselineState");
  if (kind == "pass" || kind == "notApplicable" || state == "absent") return findings_.leave_out();
  const SarifRun::Rule rule = run.rule(result);
  model::Finding finding;
  finding.tool = run.tool();
  finding.severity = severity(result, rule, kind);
  const auto* message = input_.object(result, "message");
  if (message == nullptr) {
    input_.wrong(result, "message", "a message is expected");
  } else {
    finding.message = run.message(*message, rule);
  }
  const auto& locations = input_.list(result, "locations");
  if (!locations.empty() && locations[0].is_object()) {
    auto place = run.place(locations[0]);
    finding.path = std::move(place.path);
    finding.at = place.at;
    const auto& logical = input_.list(locations[0], "logicalLocations");
    if (!logical.empty() && logical[0].is_object()) {
      const std::string_view full = input_.text(logical[0], "fullyQualifiedName");
      finding.symbol = full.empty() ? input_.text(logical[0], "name") : full;
    }
  } else if (!locations.empty()) {
    input_.wrong(locations[0], "", "a location is expected");
  }
  finding.flow = run.flow(result);
  read_classes(result, rule, finding);
  const bool is_known = state == "unchanged" || state == "updated";
  findings_.add(std::move(finding), rule.id, {is_known, suppression(result)}, identity(result));
}

model::Severity SarifReader::severity(const model::Json& result, const SarifRun::Rule& rule,
                                      std::string_view kind) {
  std::string_view level = input_.text(result, "level");
  // Only what fails has a level that was not given to the result itself (SARIF 3.27.10).
  if (level.empty() && !kind.empty() && kind != "fail") level = "none";
  if (level.empty()) level = rule.level;
  if (level.empty() && rule.json != nullptr) {
    const auto* configuration = input_.object(*rule.json, "defaultConfiguration");
    if (configuration != nullptr) level = input_.text(*configuration, "level");
  }
  if (level == "error") return model::Severity::error;
  if (level.empty() || level == "warning") return model::Severity::warning;
  if (level != "note" && level != "none") {
    input_.wrong(
        result, "level",
        fmt::format("none, note, warning or error is expected, not `{}`", printable_line(level, 100)));
  }
  return model::Severity::note;
}

void SarifReader::read_classes(const model::Json& result, const SarifRun::Rule& rule,
                               model::Finding& finding) {
  if (rule.json != nullptr) {
    read_properties(*rule.json, finding);
    read_taxa(input_.list(*rule.json, "relationships"), true, finding);
  }
  read_properties(result, finding);
  read_taxa(input_.list(result, "taxa"), false, finding);
}

// Property bags are each tool's own: what is in them is taken as it comes, and is never wrong.
void SarifReader::read_properties(const model::Json& of, model::Finding& finding) {
  const auto* properties = input_.object(of, "properties");
  if (properties == nullptr) return;
  const auto texts = [&](const char* member) {
    std::vector<std::string_view> found;
    const auto value = properties->find(member);
    if (value == properties->end()) return found;
    const auto take = [&](const model::Json& one) {
      if (one.is_string() && found.size() < kMaxClasses) {
        found.push_back(std::string_view(one.get_ref<const std::string&>()).substr(0, 200));
      }
    };
    if (!value->is_array()) take(*value);
    for (std::size_t i = 0; value->is_array() && i < std::min(value->size(), kMaxClasses); ++i)
      take((*value)[i]);
    return found;
  };
  const auto tags = texts("tags");
  for (const std::string_view tag : tags) {
    add_cwe(finding.cwe, cwe_in(tag));
    const std::size_t owasp = tag.find("OWASP-A");
    if (owasp != std::string_view::npos && finding.owasp.empty()) {
      finding.owasp = tag.substr(owasp + 6, tag.find(' ', owasp) - owasp - 6);
    }
    if (tag == "HIGH CONFIDENCE") finding.confidence = model::Confidence::high;
    if (tag == "LOW CONFIDENCE") finding.confidence = model::Confidence::low;
  }
  for (const std::string_view cwe : texts("cwe"))
    add_cwe(finding.cwe, cwe_in(cwe, true));
  const bool tags_say = std::any_of(tags.begin(), tags.end(), [](std::string_view tag) {
    return tag.find(" CONFIDENCE") != std::string_view::npos;
  });
  for (const std::string_view precision : texts("precision")) {
    if (tags_say) break;  // semgrep says `very-high` of every rule
    if (precision == "very-high" || precision == "high") finding.confidence = model::Confidence::high;
    if (precision == "low") finding.confidence = model::Confidence::low;
  }
}

void SarifReader::read_taxa(const model::Json& list, bool is_relationship, model::Finding& finding) {
  for (std::size_t i = 0; i < std::min(list.size(), kMaxClasses); ++i) {
    const auto& one = list[i];
    const auto* taxon = !one.is_object() ? nullptr : is_relationship ? input_.object(one, "target") : &one;
    if (taxon == nullptr) continue;
    const auto* component = input_.object(*taxon, "toolComponent");
    const bool is_cwe =
        component != nullptr && text::equal_ignoring_case(input_.text(*component, "name"), "CWE");
    add_cwe(finding.cwe, cwe_in(input_.text(*taxon, "id"), is_cwe));
  }
}

// All of them must be accepted, which is what one without a status is (SARIF 3.27.23).
std::optional<std::string> SarifReader::suppression(const model::Json& result) {
  std::optional<std::string> reason;
  for (const auto& suppression : input_.list(result, "suppressions")) {
    if (!suppression.is_object()) continue;
    const std::string_view status = input_.text(suppression, "status");
    if (!status.empty() && status != "accepted") return std::nullopt;
    if (!reason) reason = input_.text(suppression, "justification").substr(0, 1000);
  }
  return reason;
}

// What the tool itself says is the same finding; empty when it says nothing.
std::vector<std::string> SarifReader::identity(const model::Json& result) {
  std::vector<std::string> parts;
  for (const char* member : {"fingerprints", "partialFingerprints"}) {
    const auto* given = input_.object(result, member);
    if (given == nullptr || !parts.empty()) continue;
    for (auto item = given->begin(); item != given->end() && parts.size() < 2 * kMaxFingerprints; ++item) {
      // semgrep writes this for every result when nobody is logged in.
      if (!item->is_string() || *item == "requires login") continue;
      parts.push_back(item.key());
      parts.push_back(item->get<std::string>());
    }
  }
  return parts;
}

}  // namespace

Result<ForeignReport> read_sarif(std::string_view json, const std::string& name,
                                 const ForeignOptions& options) {
  FLEET_TRY(const auto document, parse_foreign_json(json, name, options.max_bytes));
  return SarifReader(document, name, options).read();
}

}  // namespace fleet::analysis
