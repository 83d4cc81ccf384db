#include "analysis/sarif.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/cppcheck_cache.h"
#include "analysis/json_input.h"
#include "analysis/sarif_run.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr const char* kSarifHint = "let the tool write SARIF 2.1.0 again; a converter may write it wrongly";

void add_cwe(std::vector<std::string>& all, std::optional<std::string> cwe) {
  if (cwe && std::find(all.begin(), all.end(), *cwe) == all.end()) all.push_back(*std::move(cwe));
}

class SarifReader {
 public:
  SarifReader(const model::Json& document, const std::string& name, const ForeignOptions& options)
      : document_(document), name_(name), options_(options), input_(document), places_(options) {}

  Result<ForeignReport> read();

 private:
  void read_run(const model::Json& run);
  void read_result(SarifRun& run, const model::Json& result);
  void read_troubles(const SarifRun& run, const model::Json& json);
  [[nodiscard]] model::Severity severity(const model::Json& result, const SarifRun::Rule& rule,
                                         const std::string& kind);
  void read_classes(const model::Json& result, const SarifRun::Rule& rule, model::Finding& finding);
  void read_properties(const model::Json& of, model::Finding& finding);
  void read_taxa(const model::Json& list, bool is_relationship, model::Finding& finding);
  void read_suppressions(const model::Json& result, model::Finding& finding);
  [[nodiscard]] std::string fingerprint(const model::Json& result, const model::Finding& finding);

  const model::Json& document_;
  const std::string& name_;
  const ForeignOptions& options_;
  JsonInput input_;
  ForeignPlaces places_;
  ForeignReport report_;
  bool too_many_ = false;
  std::size_t nowhere_ = 0;
};

Result<ForeignReport> SarifReader::read() {
  if (!document_.is_object()) return base::fail_input("read", name_, "it is no SARIF: no object", kSarifHint);
  const std::string version = input_.text(document_, "version");
  if (version.compare(0, 4, "2.1.") != 0) {
    input_.wrong(document_, "version", fmt::format("2.1.0 is expected, not `{}`", version));
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
  FLEET_CHECK(input_.verdict(name_, kSarifHint));
  if (too_many_) {
    return base::fail_input("read", name_,
                            fmt::format("it holds more than {} results", options_.max_findings),
                            "let the tool look at less, or at fewer rules");
  }
  if (nowhere_ > 0) report_.remarks.push_back(fmt::format("{} results name no file", nowhere_));
  places_.add_remarks(report_.remarks);
  return std::move(report_);
}

void SarifReader::read_run(const model::Json& json) {
  SarifRun run(json, input_, places_);
  if (run.tool().empty()) return;
  report_.tools.push_back(run.version().empty() ? run.tool() : run.tool() + " " + run.version());
  read_troubles(run, json);
  for (const auto& result : input_.list(json, "results")) {
    if (too_many_) return;
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
    report_.remarks.push_back(
        fmt::format("{}: results stand in files beside this one, which are not read", run.tool()));
  }
  std::size_t errors = 0;
  std::string first;
  for (const auto& invocation : input_.list(json, "invocations")) {
    if (!invocation.is_object()) continue;
    const auto successful = invocation.find("executionSuccessful");
    if (successful != invocation.end() && *successful == false) {
      report_.remarks.push_back(run.tool() + ": it did not run to its end, as it says itself");
    }
    for (const auto& notification : input_.list(invocation, "toolExecutionNotifications")) {
      if (!notification.is_object() || input_.text(notification, "level") != "error") continue;
      const auto* message = input_.object(notification, "message");
      if (++errors == 1 && message != nullptr) first = input_.text(*message, "text");
    }
  }
  if (errors == 0) return;
  report_.remarks.push_back(fmt::format("{}: {} errors while it ran, the first: {}", run.tool(), errors,
                                        text::printable(first.substr(0, 200), text::Newlines::escape)));
}

void SarifReader::read_result(SarifRun& run, const model::Json& result) {
  const std::string kind = input_.text(result, "kind");
  const std::string state = input_.text(result, "baselineState");
  if (kind == "pass" || kind == "notApplicable" || state == "absent") {
    ++report_.left_out;
    return;
  }
  too_many_ = report_.findings.size() == options_.max_findings;
  if (too_many_) return;
  const SarifRun::Rule rule = run.rule(result);
  model::Finding finding;
  finding.rule = tool_slug(run.tool()) + "." + rule.id;
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
      finding.symbol = input_.text(logical[0], "fullyQualifiedName");
      if (finding.symbol.empty()) finding.symbol = input_.text(logical[0], "name");
    }
  } else if (!locations.empty()) {
    input_.wrong(locations[0], "", "a location is expected");
  }
  if (finding.path.empty()) ++nowhere_;
  finding.flow = run.flow(result);
  finding.is_known = state == "unchanged" || state == "updated";
  read_classes(result, rule, finding);
  read_suppressions(result, finding);
  finding.fingerprint = fingerprint(result, finding);
  report_.findings.push_back(std::move(finding));
}

model::Severity SarifReader::severity(const model::Json& result, const SarifRun::Rule& rule,
                                      const std::string& kind) {
  std::string level = input_.text(result, "level");
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
    input_.wrong(result, "level", fmt::format("none, note, warning or error is expected, not `{}`", level));
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
    std::vector<std::string> found;
    const auto value = properties->find(member);
    if (value == properties->end()) return found;
    for (const auto& one : value->is_array() ? *value : model::Json::array({*value})) {
      if (one.is_string()) found.push_back(one.get<std::string>());
    }
    return found;
  };
  for (const auto& tag : texts("tags")) {
    add_cwe(finding.cwe, cwe_in(tag));
    const std::size_t owasp = tag.find("OWASP-A");
    if (owasp != std::string::npos && finding.owasp.empty()) {
      finding.owasp = tag.substr(owasp + 6, tag.find(' ', owasp) - owasp - 6);
    }
    if (tag == "HIGH CONFIDENCE") finding.confidence = model::Confidence::high;
    if (tag == "LOW CONFIDENCE") finding.confidence = model::Confidence::low;
  }
  for (const auto& cwe : texts("cwe"))
    add_cwe(finding.cwe, cwe_in(cwe, true));
  const auto tags = texts("tags");
  const bool tags_say = std::any_of(tags.begin(), tags.end(), [](const std::string& tag) {
    return tag.find(" CONFIDENCE") != std::string::npos;
  });
  for (const auto& precision : texts("precision")) {
    if (tags_say) break;  // semgrep says `very-high` of every rule
    if (precision == "very-high" || precision == "high") finding.confidence = model::Confidence::high;
    if (precision == "low") finding.confidence = model::Confidence::low;
  }
}

void SarifReader::read_taxa(const model::Json& list, bool is_relationship, model::Finding& finding) {
  for (const auto& one : list) {
    const auto* taxon = !one.is_object() ? nullptr : is_relationship ? input_.object(one, "target") : &one;
    if (taxon == nullptr) continue;
    const auto* component = input_.object(*taxon, "toolComponent");
    const bool is_cwe =
        component != nullptr && text::equal_ignoring_case(input_.text(*component, "name"), "CWE");
    add_cwe(finding.cwe, cwe_in(input_.text(*taxon, "id"), is_cwe));
  }
}

// All of them must be accepted, which is what one without a status is (SARIF 3.27.23).
void SarifReader::read_suppressions(const model::Json& result, model::Finding& finding) {
  for (const auto& suppression : input_.list(result, "suppressions")) {
    if (!suppression.is_object()) continue;
    const std::string status = input_.text(suppression, "status");
    if (!status.empty() && status != "accepted") {
      finding.suppression.reset();
      return;
    }
    if (!finding.suppression) finding.suppression = input_.text(suppression, "justification");
  }
}

// What the tool itself says is the same finding; empty when it says nothing.
std::string SarifReader::fingerprint(const model::Json& result, const model::Finding& finding) {
  for (const char* member : {"fingerprints", "partialFingerprints"}) {
    const auto* given = input_.object(result, member);
    if (given == nullptr || given->empty()) continue;
    std::vector<std::string> parts{finding.rule, finding.path};
    for (auto item = given->begin(); item != given->end(); ++item) {
      // semgrep writes this for every result when nobody is logged in.
      if (!item->is_string() || *item == "requires login") continue;
      parts.push_back(item.key());
      parts.push_back(item->get<std::string>());
    }
    if (parts.size() > 2) return cache_key(parts);
  }
  return {};
}

}  // namespace

Result<ForeignReport> read_sarif(std::string_view json, const std::string& name,
                                 const ForeignOptions& options) {
  FLEET_TRY(const auto document, parse_foreign_json(json, name, options.max_bytes));
  return SarifReader(document, name, options).read();
}

}  // namespace fleet::analysis
