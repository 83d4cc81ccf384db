#include "report/findings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "golden.h"
#include "model/json.h"
#include "report/findings_sample.h"
#include "report/schema_validator.h"
#include "text/utf8.h"

namespace fleet::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

model::AnalysisReport many(std::size_t count) {
  model::AnalysisReport report;
  for (std::size_t i = 0; i < count; ++i) {
    model::Finding& finding = report.findings.emplace_back();
    finding.rule = "rule";
    finding.path = "a.c";
    finding.message = fmt::format("number {}", i);
    finding.severity = i % 3 == 0 ? model::Severity::error : model::Severity::note;
    finding.is_known = i % 2 == 0;
  }
  return report;
}

Json sarif_run(const model::AnalysisReport& report, const SarifLimits& limits = {}) {
  const Json log = Json::parse(to_sarif(report, limits));
  EXPECT_EQ(log["version"], "2.1.0");
  EXPECT_THAT(log["runs"], SizeIs(1));
  return log["runs"][0];
}

TEST(Findings, AreWrittenWell) {
  expect_golden("report/golden/findings.sarif", to_sarif(findings_sample()));
}

TEST(Findings, AreWrittenWellAsJunit) {
  expect_golden("report/golden/findings.xml", to_junit(findings_sample()));
}

// Of entries with the same fingerprint GitLab keeps one, and of a broken one it says nothing.
TEST(Findings, AreWrittenWellAsCodeQuality) {
  EXPECT_EQ(to_code_quality({}), "[]\n");
  const Json sample = Json::parse(to_code_quality(findings_sample()));
  ASSERT_FALSE(sample.empty());
  EXPECT_EQ(sample[0]["check_name"], "python.sql-injection");
  EXPECT_EQ(sample[0]["severity"], "critical");
  EXPECT_EQ(sample[0]["location"],
            (Json{{"path", "src/a b/\u00e4.py"}, {"lines", {{"begin", 12}, {"end", 12}}}}));
  const Json all = Json::parse(to_code_quality(many(10)));
  ASSERT_THAT(all, SizeIs(5)) << "known ones are no news";
  std::set<std::string> prints;
  for (const Json& one : all)
    prints.insert(one["fingerprint"].get<std::string>());
  EXPECT_THAT(prints, SizeIs(5));
}

TEST(Findings, AreWrittenWellAsJson) {
  expect_golden("report/golden/findings.json", to_json(findings_sample()));
}

// The same with all that is measured.
model::AnalysisReport measured_findings() {
  model::AnalysisReport report = findings_sample();
  report.scores = model::Scores{71.5, 85, 100, 62.25, 79};
  report.duplication = 3.5;
  model::FileMetrics& file = report.metrics.emplace_back();
  file.path = "src/a.py";
  file.language = "python";
  file.lines = {20, 15, 2, 3};
  model::FunctionMetrics& function = file.functions.emplace_back();
  function.name = "Users.find";
  function.at = {12, 1, 19, 5};
  file.classes.push_back({"Users", {10, 1, 19, 5}, {10, 8, 1, 1}, 1, 3});
  return report;
}

TEST(Findings, JsonIsAsItsSchemaSays) {
  const auto check = [](const Json& json) { return shipped_schema("findings.schema.json").check(json); };
  for (const auto& report :
       {findings_sample(), measured_findings(), hostile_findings(), model::AnalysisReport{}})
    EXPECT_THAT(check(Json::parse(to_json(report))), testing::IsEmpty());
  for (const char* place :
       {"/surprise", "/counts/error", "/findings/0/at/line", "/findings/0/severity", "/rules/0/why",
        "/scores/overall", "/scores/coverage", "/duplication", "/metrics/0/lines/code",
        "/metrics/0/functions/0/cyclomatic", "/metrics/0/functions/0/at/line", "/metrics/0/classes/0/name"}) {
    Json bad = Json::parse(to_json(measured_findings()));
    bad[Json::json_pointer(place)] = -1;
    EXPECT_THAT(check(bad), Not(testing::IsEmpty())) << place;
  }
}

TEST(Findings, AreCountedByTheirFirstMark) {
  const FindingCounts counts = finding_counts(findings_sample().findings);
  EXPECT_EQ(describe(counts, 14),
            "1 error, 2 warnings, 1 note in 14 files; 1 known, 1 suppressed, 1 below the threshold");
  EXPECT_EQ(describe({}, 1), "no findings in 1 file");
  EXPECT_EQ(describe({.known = 2}, 3), "no findings in 3 files; 2 known");
}

TEST(Findings, ThoseThatTellMostAreChosen) {
  const auto report = many(12);  // errors: 0 3 6 9; known: the even ones
  const std::vector<std::size_t> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  EXPECT_THAT(most_telling(report.findings, all, 3), ElementsAre(1, 3, 9));
  EXPECT_THAT(most_telling(report.findings, all, 7), ElementsAre(0, 1, 3, 5, 7, 9, 11));
  EXPECT_EQ(most_telling(report.findings, all, 12), all);
}

TEST(Findings, SarifRefersToRulesAndMarksResults) {
  const Json run = sarif_run(findings_sample());
  const Json& rules = run["tool"]["driver"]["rules"];
  for (const Json& result : run["results"])
    EXPECT_EQ(rules[result["ruleIndex"].get<std::size_t>()]["id"], result["ruleId"]);
  const Json& first = run["results"][0];
  EXPECT_EQ(first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/a%20b/%C3%A4.py");
  EXPECT_EQ(first["codeFlows"][0]["threadFlows"][0]["locations"].size(), 2U);
  EXPECT_TRUE(first["suppressions"].empty());
  EXPECT_EQ(run["results"][2]["suppressions"][0]["kind"], "external");
  EXPECT_EQ(run["results"][3]["suppressions"][0]["kind"], "inSource");
  EXPECT_EQ(run["results"][3]["suppressions"][0]["justification"], "the folder is private");
  EXPECT_EQ(run["results"][4]["suppressions"][0]["kind"], "external");
  // Without a file it would make GitHub refuse the whole.
  EXPECT_THAT(run["results"], SizeIs(6));
  EXPECT_THAT(run["invocations"].dump(), HasSubstr("1 findings have no place in a file"));
}

TEST(Findings, SarifStaysWithinTheLimitsOfAnUpload) {
  const auto report = many(100);
  const Json few = sarif_run(report, {.results = 10});
  EXPECT_THAT(few["results"], SizeIs(10));
  for (const Json& result : few["results"]) {
    EXPECT_EQ(result["level"], "error");
    EXPECT_TRUE(result["suppressions"].empty());
  }
  EXPECT_THAT(few["invocations"].dump(), HasSubstr("90 findings are left out"));
  const auto all = many(20'000);
  EXPECT_THAT(sarif_run(all)["results"], SizeIs(20'000));
  const Json small = sarif_run(all, {.gzip_bytes = 50'000});
  EXPECT_GT(small["results"].size(), 500U);
  EXPECT_LT(small["results"].size(), 15'000U);
  EXPECT_THAT(sarif_run(report, {.gzip_bytes = 10})["results"], SizeIs(0));
}

TEST(Findings, HostileTextCannotBreakOut) {
  const auto report = hostile_findings();
  const std::string sarif = to_sarif(report), junit = to_junit(report), json = to_json(report);
  EXPECT_TRUE(Json::accept(sarif));
  EXPECT_TRUE(Json::accept(json));
  for (const std::string& text : {sarif, junit}) {
    EXPECT_TRUE(text::is_valid_utf8(text));
    EXPECT_EQ(text.find_first_of("\x1b\x07"), std::string::npos);
    EXPECT_EQ(text.find("\u202e"), std::string::npos);
  }
  EXPECT_EQ(junit.find("</failure><x"), std::string::npos);
  EXPECT_EQ(junit.find("]]>"), std::string::npos);
  EXPECT_EQ(junit.find("\xef\xbf\xbe"), std::string::npos);
}

TEST(Findings, JunitCountsItsCasesAndNamesThemApart) {
  model::AnalysisReport report = findings_sample();
  report.findings.push_back(report.findings[0]);
  const std::string xml = to_junit(report);
  EXPECT_THAT(xml, HasSubstr("tests=\"8\" failures=\"5\" errors=\"0\" skipped=\"3\""));
  EXPECT_THAT(xml, HasSubstr(".py:12:5 (2)\""));
  EXPECT_THAT(to_junit({}), HasSubstr("tests=\"1\" failures=\"0\""));
}

TEST(Findings, JunitStaysBelowItsLimit) {
  const std::string xml = to_junit(many(1000), 20'000);
  EXPECT_LE(xml.size(), 20'000U);
  EXPECT_GT(xml.size(), 15'000U);
  EXPECT_THAT(xml, HasSubstr("findings are left out to stay below 20000 bytes"));
}

}  // namespace
}  // namespace fleet::report
