#include <map>
#include <numeric>

#include "base/enum_names.h"
#include "report/findings.h"
#include "report/html_data.h"
#include "report/metrics_json.h"

namespace fleet::report {

using model::Json;

namespace {

constexpr std::size_t kMostSteps = 20;       // of a flow
constexpr std::size_t kMostPageNotes = 200;  // of what was not looked at

Json page_rule(const model::RuleFacts& rule) {
  Json json = {{"id", page_line(rule.id, 120)},
               {"tool", page_line(rule.tool, 60)},
               {"message", page_line(rule.message)}};
  put(json, "why", page_line(rule.why, 600));
  put(json, "fix", page_line(rule.fix, 600));
  put(json, "owasp", page_line(rule.owasp, 30));
  for (const std::string& cwe : rule.cwe)
    json["cwe"].push_back(page_line(cwe, 30));
  return json;
}

Json page_finding(const model::Finding& finding, std::size_t rule, const std::string& rule_message) {
  Json json = {{"rule", rule},
               {"severity", base::name_of(finding.severity)},
               {"confidence", base::name_of(finding.confidence)}};
  if (finding.message != rule_message) put(json, "message", page_line(finding.message, 400));
  if (!finding.path.empty()) {
    json["path"] = page_line(finding.path);
    json["line"] = finding.at.line;
  }
  put(json, "symbol", page_line(finding.symbol, 120));
  put(json, "excerpt", page_line(finding.excerpt));
  put(json, "mark", page_line(why_not_counted(finding), 200));
  for (std::size_t i = 0; i < std::min(finding.flow.size(), kMostSteps); ++i) {
    const model::FlowStep& step = finding.flow[i];
    Json one = {{"path", page_line(step.path)}, {"line", step.at.line}};
    put(one, "what", page_line(step.what));
    json["flow"].push_back(std::move(one));
  }
  return json;
}

}  // namespace

Json page_findings(const model::AnalysisReport& analysis, Room& room, std::size_t reserve,
                   LeftOut& left_out) {
  Json json = {{"text", describe(finding_counts(analysis.findings), analysis.files)},
               {"rules", Json::array()},
               {"list", Json::array()},
               {"notes", Json::array()}};
  if (analysis.scores) json["scores"] = scores_json(*analysis.scores);
  if (analysis.duplication) json["duplication"] = *analysis.duplication;
  for (std::size_t i = 0; i < std::min(analysis.notes.size(), kMostPageNotes); ++i)
    json["notes"].push_back(page_line(analysis.notes[i]));

  const auto facts = all_rules(analysis);
  std::map<std::string_view, std::size_t> places;
  std::vector<std::size_t> all(analysis.findings.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<Json> made;
  made.reserve(all.size());
  for (const model::Finding& finding : analysis.findings) {
    const model::RuleFacts& rule = facts.at(finding.rule);
    const auto [place, is_new] = places.emplace(finding.rule, places.size());
    if (is_new) json["rules"].push_back(page_rule(rule));
    made.push_back(page_finding(finding, place->second, rule.message));
  }
  std::vector<std::size_t> sizes;
  sizes.reserve(made.size());
  for (const Json& finding : made)
    sizes.push_back(size_on_page(finding) + 1);
  const std::size_t around = size_on_page(json);
  const std::size_t most = room.left() > reserve + around ? room.left() - reserve - around : 0;
  std::vector<std::size_t> shown = all;
  const auto size_of = [&](const std::vector<std::size_t>& some) {
    return std::accumulate(some.begin(), some.end(), std::size_t{0},
                           [&](std::size_t sum, std::size_t i) { return sum + sizes[i]; });
  };
  while (!shown.empty() && size_of(shown) > most)
    shown = most_telling(analysis.findings, all, shown.size() * 9 / 10);
  room.take(size_of(shown) + around);
  for (const std::size_t i : shown)
    json["list"].push_back(std::move(made[i]));
  say_left_out(left_out, all.size() - shown.size(), "finding", "findings");
  return json;
}

}  // namespace fleet::report
