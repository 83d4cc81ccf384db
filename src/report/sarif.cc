#include <Poco/CountingStream.h>
#include <Poco/DeflatingStream.h>
#include <Poco/NullStream.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/enum_names.h"
#include "model/json.h"
#include "report/findings.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::report {
namespace {

using model::Finding;
using model::Json;

constexpr const char* kSarifSchema = "https://json.schemastore.org/sarif-2.1.0.json";

// GitHub shows these as critical from 9.0, high from 7.0, medium from 4.0.
const char* security_severity(model::Severity severity) {
  switch (severity) {
    case model::Severity::error:
      return "8.0";
    case model::Severity::warning:
      return "5.0";
    case model::Severity::note:
      break;
  }
  return "2.0";
}

Json sarif_text(std::string_view text) {
  return {{"text", text::printable(text)}};
}

// A path is any bytes; in an address all but these are written as %XX (RFC 3986, 2.3).
std::string address_of(std::string_view path) {
  std::string out = path.front() == '/' ? "file://" : "";
  for (const char c : path) {
    const bool is_plain = text::is_ascii_letter(c) || text::is_ascii_digit(c) ||
                          std::string_view("-._~/").find(c) != std::string_view::npos;
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Json sarif_location(const std::string& path, const model::Region& at, std::string_view excerpt) {
  Json region = {{"startLine", at.line},
                 {"startColumn", at.column},
                 {"endLine", at.end_line},
                 {"endColumn", at.end_column}};
  if (!excerpt.empty()) region["snippet"] = sarif_text(excerpt);
  Json artifact = {{"uri", address_of(path)}};
  if (path.front() != '/') artifact["uriBaseId"] = "%SRCROOT%";
  return {{"physicalLocation", {{"artifactLocation", std::move(artifact)}, {"region", std::move(region)}}}};
}

// `external/cwe/cwe-079` is how CodeQL writes it, and what GitHub knows.
std::string cwe_tag(std::string_view cwe) {
  const std::string_view number = cwe.substr(std::min(cwe.size(), cwe.rfind('-') + 1));
  return fmt::format("external/cwe/cwe-{}{}", std::string(number.size() < 3 ? 3 - number.size() : 0, '0'),
                     text::printable(number));
}

Json sarif_rule(const model::RuleFacts& rule) {
  Json json = {{"id", text::printable(rule.id, text::Newlines::escape)},
               {"defaultConfiguration", {{"level", base::name_of(rule.severity)}}}};
  const std::string& said = rule.message.empty() ? rule.id : rule.message;
  json["shortDescription"] = sarif_text(said);
  json["fullDescription"] = sarif_text(rule.why.empty() ? said : rule.why);
  std::string help = said;
  if (!rule.why.empty()) help += "\n\nWhy: " + rule.why;
  if (!rule.fix.empty()) help += "\n\nFix: " + rule.fix;
  json["help"] = sarif_text(help);
  Json tags = Json::array({text::printable(rule.tool, text::Newlines::escape)});
  if (!rule.cwe.empty()) tags.push_back("security");
  for (const auto& cwe : rule.cwe)
    tags.push_back(cwe_tag(cwe));
  if (!rule.owasp.empty()) tags.push_back("OWASP-" + text::printable(rule.owasp, text::Newlines::escape));
  Json properties = {{"tags", std::move(tags)}, {"precision", base::name_of(rule.confidence)}};
  if (!rule.cwe.empty()) properties["security-severity"] = security_severity(rule.severity);
  json["properties"] = std::move(properties);
  return json;
}

// Where one result has this member, all have it, some with an empty list (SARIF 3.27.23).
Json sarif_suppressions(const Finding& finding) {
  const std::string why = why_not_counted(finding);
  if (why.empty()) return Json::array();
  Json one = {{"kind", finding.suppression ? "inSource" : "external"}, {"status", "accepted"}};
  one["justification"] = text::printable(finding.suppression ? *finding.suppression : why);
  return Json::array({std::move(one)});
}

Json sarif_result(const Finding& finding, std::size_t rule) {
  Json location = sarif_location(finding.path, finding.at, finding.excerpt);
  if (!finding.symbol.empty()) {
    location["logicalLocations"] =
        Json::array({{{"fullyQualifiedName", text::printable(finding.symbol, text::Newlines::escape)}}});
  }
  Json json = {{"ruleId", text::printable(finding.rule, text::Newlines::escape)},
               {"ruleIndex", rule},
               {"level", base::name_of(finding.severity)},
               {"message", sarif_text(finding.message.empty() ? finding.rule : finding.message)},
               {"locations", Json::array({std::move(location)})},
               {"suppressions", sarif_suppressions(finding)}};
  if (!finding.fingerprint.empty()) {
    const std::string print = text::printable(finding.fingerprint, text::Newlines::escape);
    json["partialFingerprints"] = {{"fleet/v1", print}, {"primaryLocationLineHash", print}};
  }
  Json steps = Json::array();
  for (const auto& step : finding.flow) {
    if (step.path.empty()) continue;
    Json at = sarif_location(step.path, step.at, {});
    if (!step.what.empty()) at["message"] = sarif_text(step.what);
    steps.push_back({{"location", std::move(at)}});
  }
  if (!steps.empty()) {
    json["codeFlows"] = Json::array({{{"threadFlows", Json::array({{{"locations", std::move(steps)}}})}}});
  }
  return json;
}

Json sarif_notifications(const model::AnalysisReport& report, std::size_t nowhere, std::size_t left_out) {
  Json list = Json::array();
  const auto add = [&](std::string_view level, std::string_view text) {
    list.push_back({{"level", level}, {"message", sarif_text(text)}});
  };
  for (const auto& note : report.notes)
    add("warning", note);
  if (nowhere > 0)
    add("warning", fmt::format("{} findings have no place in a file and are left out", nowhere));
  if (left_out > 0) {
    add("warning", fmt::format("{} findings are left out to stay within the limits of an upload", left_out));
  }
  return list;
}

std::string sarif_document(const model::AnalysisReport& report, const std::vector<std::size_t>& chosen,
                           std::size_t nowhere) {
  Json rules = Json::array();
  std::map<std::string, std::size_t> index;
  for (const auto& [id, facts] : all_rules(report)) {
    index[id] = rules.size();
    rules.push_back(sarif_rule(facts));
  }
  const Json driver = {
      {"name", "fleet"}, {"version", text::printable(report.version)}, {"rules", std::move(rules)}};
  const std::size_t left_out = report.findings.size() - nowhere - chosen.size();
  const Json invocations =
      Json::array({{{"executionSuccessful", true},
                    {"toolExecutionNotifications", sarif_notifications(report, nowhere, left_out)}}});
  const Json bases = {{"%SRCROOT%", {{"description", sarif_text("The root of the repository.")}}}};
  std::string out = fmt::format(
      "{{\"$schema\":\"{}\",\"version\":\"2.1.0\",\"runs\":[{{\n\"tool\":{{\"driver\":{}}},\n"
      "\"invocations\":{},\n\"columnKind\":\"unicodeCodePoints\",\n\"originalUriBaseIds\":{},\n\"results\":[",
      kSarifSchema, model::dump_json(driver), model::dump_json(invocations), model::dump_json(bases));
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Finding& finding = report.findings[chosen[i]];
    out += i == 0 ? "\n" : ",\n";
    out += model::dump_json(sarif_result(finding, index[finding.rule]));
  }
  return out + "\n]}]}\n";
}

std::size_t gzip_size(const std::string& text) {
  Poco::NullOutputStream nowhere;
  Poco::CountingOutputStream counter(nowhere);
  Poco::DeflatingOutputStream deflater(counter, Poco::DeflatingStreamBuf::STREAM_GZIP);
  deflater << text;
  deflater.close();
  return static_cast<std::size_t>(counter.chars());
}

}  // namespace

std::string to_sarif(const model::AnalysisReport& report, const SarifLimits& limits) {
  std::vector<std::size_t> placed;
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    if (!report.findings[i].path.empty()) placed.push_back(i);
  }
  const std::size_t nowhere = report.findings.size() - placed.size();
  for (std::size_t most = limits.results;;) {
    const auto chosen = most_telling(report.findings, placed, most);
    std::string text = sarif_document(report, chosen, nowhere);
    // What is small as it is need not be packed to know it.
    if (text.size() <= limits.gzip_bytes || chosen.empty()) return text;
    const std::size_t packed = gzip_size(text);
    if (packed <= limits.gzip_bytes) return text;
    const double share = static_cast<double>(limits.gzip_bytes) / static_cast<double>(packed);
    most = static_cast<std::size_t>(static_cast<double>(chosen.size()) * share * 0.9);
  }
}

}  // namespace fleet::report
