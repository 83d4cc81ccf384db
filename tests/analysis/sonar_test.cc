#include "analysis/sonar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ForeignOptions shop() {
  ForeignOptions options;
  options.root = "/checkout";
  return options;
}

ForeignReport sonar_file(const std::string& name, const ForeignOptions& options = shop()) {
  const auto bytes = os::read_file(FLEET_SOURCE_DIR "/tests/analysis/sarif/" + name, 1 << 20);
  auto report = read_sonar(bytes.value(), name, options);
  EXPECT_TRUE(report) << report.error().message();
  return report ? *std::move(report) : ForeignReport{};
}

TEST(Sonar, ReadsTheAnswerOfASearch) {
  ForeignOptions options = shop();
  options.source = [](const std::string& path) -> std::optional<std::string> {
    if (path != "src/run.js") return std::nullopt;
    return "x\n/*\xf0\x9f\x98\x80*/  name\n";
  };
  options.takes_marks = true;
  const auto report = sonar_file("sonar-search.json", options);
  EXPECT_EQ(report.left_out, 1U);
  EXPECT_THAT(report.remarks, ElementsAre(HasSubstr("2 of 5 issues stand on other pages")));
  ASSERT_THAT(report.findings, SizeIs(2));
  const auto& first = report.findings[0];
  EXPECT_EQ(first.rule, "sonarqube.jssecurity:S2076");
  EXPECT_EQ(first.path, "src/run.js");
  EXPECT_EQ(first.at, (model::Region{2, 8, 2, 12}));  // offsets from 0, the emoji two of them
  EXPECT_EQ(first.severity, model::Severity::error);
  EXPECT_THAT(first.cwe, ElementsAre("CWE-78"));
  ASSERT_THAT(first.flow, SizeIs(2));
  EXPECT_EQ(first.flow[0].path, "src/in.js");  // from the source on, and not in the list of components
  EXPECT_EQ(first.flow[0].what, "source: it comes in");
  EXPECT_FALSE(first.suppression);
  const auto& second = report.findings[1];
  EXPECT_EQ(second.severity, model::Severity::note);
  EXPECT_EQ(second.at.line, 3U);
  EXPECT_THAT(second.flow, IsEmpty());
  EXPECT_THAT(second.suppression.value_or("none"), HasSubstr("false positive"));
  options.takes_marks = false;
  EXPECT_FALSE(sonar_file("sonar-search.json", options).findings[1].suppression);
}

TEST(Sonar, ReadsGenericIssues) {
  const auto report = sonar_file("sonar-generic.json");
  EXPECT_THAT(report.tools, ElementsAre("My Linter", "old"));
  ASSERT_THAT(report.findings, SizeIs(2));
  EXPECT_EQ(report.findings[0].rule, "my-linter.rule1");
  EXPECT_EQ(report.findings[0].severity, model::Severity::error);  // of the rule, the worst of its impacts
  EXPECT_EQ(report.findings[0].at, (model::Region{30, 10, 30, 15}));
  EXPECT_EQ(report.findings[0].path, "sources/A.java");
  EXPECT_EQ(report.findings[1].rule, "old.rule2");
  EXPECT_EQ(report.findings[1].severity, model::Severity::note);
  EXPECT_EQ(report.findings[1].at, model::Region{});
}

TEST(Sonar, AnErrorSaysWhereAndWhatToDo) {
  const auto error = [](const std::string& json) {
    const auto report = read_sonar(json, "x.json", shop());
    EXPECT_FALSE(report) << json;
    return report ? std::string() : report.error().message();
  };
  EXPECT_THAT(error("{"), HasSubstr("cannot read x.json"));
  EXPECT_THAT(error("{}"), HasSubstr("it holds no `issues`"));
  EXPECT_THAT(error("{}"), HasSubstr("api/issues/search"));
  EXPECT_THAT(error(R"({"issues":{}})"), HasSubstr("at /issues: a list"));
  EXPECT_THAT(error(R"({"issues":[{"component":"a:b"}]})"), HasSubstr("at /issues/0/rule"));
  EXPECT_THAT(error(R"({"issues":[{"rule":"r"}]})"), HasSubstr("at /issues/0/component"));
  EXPECT_THAT(error(R"({"issues":[{"rule":"r","component":"a:b","severity":"BAD"}]})"),
              HasSubstr("at /issues/0/severity: `BAD`"));
  EXPECT_THAT(error(R"({"issues":[{"ruleId":"r","primaryLocation":{}}]})"),
              HasSubstr("at /issues/0/primaryLocation/filePath"));
}

TEST(Sonar, TextIsPrintableAndTooManyAreAnError) {
  const std::string issue =
      R"({"ruleId":"r\u001b[1m\u202e","engineId":"e\u0007","primaryLocation":{"message":"a\nb\u202e","filePath":"a.c"}})";
  const auto report = read_sonar("{\"issues\":[" + issue + "," + issue + "]}", "x.json", shop());
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->findings[0].rule, "e.r\\u{202e}");
  EXPECT_EQ(report->findings[0].message, "a b\\u{202e}");
  EXPECT_THAT(report->tools, ElementsAre("e\\x07"));
  ForeignOptions options = shop();
  options.max_findings = 1;
  EXPECT_THAT(read_sonar("{\"issues\":[" + issue + "," + issue + "]}", "x.json", options).error().message(),
              HasSubstr("more than 1 findings"));
}

TEST(Sonar, WhatLiesOutsideIsKeptAndSaid) {
  const auto report = read_sonar(
      R"({"issues":[{"ruleId":"r","engineId":"e","primaryLocation":{"message":"m","filePath":"/other/a.c"}}]})",
      "x.json", shop());
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->findings[0].path, "/other/a.c");
  EXPECT_THAT(report->remarks, ElementsAre(HasSubstr("/other/a.c")));
}

}  // namespace
}  // namespace fleet::analysis
