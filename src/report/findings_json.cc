#include "base/enum_names.h"
#include "model/json.h"
#include "report/findings.h"
#include "report/metrics_json.h"

// findings.schema.json describes what these make.
namespace fleet::report {
namespace {

using model::Json;

Json region_json(const model::Region& at) {
  return {{"line", at.line}, {"column", at.column}, {"end_line", at.end_line}, {"end_column", at.end_column}};
}

void set_text(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

void set_list(Json& json, const char* name, const std::vector<std::string>& list) {
  for (const auto& one : list)
    json[name].push_back(one);
}

Json rule_json(const model::RuleFacts& rule) {
  Json json = {{"id", rule.id},
               {"tool", rule.tool},
               {"severity", base::name_of(rule.severity)},
               {"confidence", base::name_of(rule.confidence)}};
  set_text(json, "message", rule.message);
  set_text(json, "why", rule.why);
  set_text(json, "fix", rule.fix);
  set_list(json, "cwe", rule.cwe);
  set_text(json, "owasp", rule.owasp);
  return json;
}

Json finding_json(const model::Finding& finding) {
  Json json = {{"rule", finding.rule},
               {"tool", finding.tool},
               {"severity", base::name_of(finding.severity)},
               {"confidence", base::name_of(finding.confidence)},
               {"message", finding.message},
               {"at", region_json(finding.at)},
               {"known", finding.is_known},
               {"below_threshold", finding.is_below_threshold}};
  set_text(json, "path", finding.path);
  set_text(json, "symbol", finding.symbol);
  set_text(json, "excerpt", finding.excerpt);
  for (const auto& step : finding.flow) {
    Json one = {{"path", step.path}, {"at", region_json(step.at)}};
    set_text(one, "what", step.what);
    json["flow"].push_back(std::move(one));
  }
  set_list(json, "cwe", finding.cwe);
  set_text(json, "owasp", finding.owasp);
  set_text(json, "fingerprint", finding.fingerprint);
  if (finding.suppression) json["suppression"] = *finding.suppression;
  return json;
}

}  // namespace

std::string to_json(const model::AnalysisReport& report) {
  const FindingCounts counts = finding_counts(report.findings);
  Json json = {{"schema", "fleet-findings/1"},
               {"version", report.version},
               {"files", report.files},
               {"counts",
                {{"error", counts.errors},
                 {"warning", counts.warnings},
                 {"note", counts.notes},
                 {"known", counts.known},
                 {"suppressed", counts.suppressed},
                 {"below_threshold", counts.below_threshold}}},
               {"rules", Json::array()},
               {"findings", Json::array()}};
  set_list(json, "notes", report.notes);
  for (const auto& rule : all_rules(report))
    json["rules"].push_back(rule_json(rule.second));
  for (const auto& finding : report.findings)
    json["findings"].push_back(finding_json(finding));
  if (report.scores) json["scores"] = scores_json(*report.scores);
  if (report.duplication) json["duplication"] = *report.duplication;
  for (const auto& file : report.metrics)
    json["metrics"].push_back(metrics_json(file));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fleet::report
