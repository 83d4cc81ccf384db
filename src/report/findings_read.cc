#include <optional>
#include <tuple>

#include "model/json.h"
#include "model/json_fields.h"
#include "report/findings.h"

// What to_json(AnalysisReport) wrote, but for what only it could know again by counting, and metrics.
namespace fleet::report {

namespace {

struct StoredFindings {
  std::string version;
  std::uint64_t files = 0;
  std::vector<model::RuleFacts> rules;
  std::vector<model::Finding> findings;
  std::vector<std::string> notes;
  std::optional<model::Scores> scores;
  std::optional<double> duplication;
};

}  // namespace
}  // namespace fleet::report

namespace fleet::model {

template <>
struct Fields<Region> {
  static constexpr auto list =
      std::tuple{field("line", &Region::line), field("column", &Region::column),
                 field("end_line", &Region::end_line), field("end_column", &Region::end_column)};
};

template <>
struct Fields<FlowStep> {
  static constexpr auto list =
      std::tuple{field("path", &FlowStep::path), field("at", &FlowStep::at), field("what", &FlowStep::what)};
};

template <>
struct Fields<Finding> {
  static constexpr auto list = std::tuple{field("rule", &Finding::rule),
                                          field("tool", &Finding::tool),
                                          field("severity", &Finding::severity),
                                          field("confidence", &Finding::confidence),
                                          field("message", &Finding::message),
                                          field("path", &Finding::path),
                                          field("at", &Finding::at),
                                          field("symbol", &Finding::symbol),
                                          field("excerpt", &Finding::excerpt),
                                          field("flow", &Finding::flow),
                                          field("cwe", &Finding::cwe),
                                          field("owasp", &Finding::owasp),
                                          field("fingerprint", &Finding::fingerprint),
                                          field("known", &Finding::is_known),
                                          field("suppression", &Finding::suppression),
                                          field("below_threshold", &Finding::is_below_threshold)};
};

template <>
struct Fields<RuleFacts> {
  static constexpr auto list = std::tuple{field("id", &RuleFacts::id),
                                          field("tool", &RuleFacts::tool),
                                          field("severity", &RuleFacts::severity),
                                          field("confidence", &RuleFacts::confidence),
                                          field("message", &RuleFacts::message),
                                          field("why", &RuleFacts::why),
                                          field("fix", &RuleFacts::fix),
                                          field("cwe", &RuleFacts::cwe),
                                          field("owasp", &RuleFacts::owasp)};
};

template <>
struct Fields<Scores> {
  static constexpr auto list =
      std::tuple{field("maintainability", &Scores::maintainability), field("security", &Scores::security),
                 field("performance", &Scores::performance), field("coverage", &Scores::coverage),
                 field("overall", &Scores::overall)};
};

template <>
struct Fields<report::StoredFindings> {
  using Stored = report::StoredFindings;
  static constexpr auto list = std::tuple{field("version", &Stored::version),
                                          field("files", &Stored::files),
                                          field("rules", &Stored::rules),
                                          field("findings", &Stored::findings),
                                          field("notes", &Stored::notes),
                                          field("scores", &Stored::scores),
                                          field("duplication", &Stored::duplication)};
};

}  // namespace fleet::model

namespace fleet::report {

Result<model::AnalysisReport> findings_from_json(std::string_view text) {
  constexpr std::string_view kWhat = "the findings";
  FLEET_TRY(model::Json json, model::parse_json(text, kWhat));
  if (json.is_object()) {
    for (const char* other : {"schema", "counts", "metrics"})
      json.erase(other);
  }
  FLEET_TRY(StoredFindings stored, model::from_json<StoredFindings>(json, kWhat));
  model::AnalysisReport report;
  report.version = std::move(stored.version);
  report.files = stored.files;
  report.rules = std::move(stored.rules);
  report.findings = std::move(stored.findings);
  report.notes = std::move(stored.notes);
  report.scores = stored.scores;
  report.duplication = stored.duplication;
  return report;
}

}  // namespace fleet::report
