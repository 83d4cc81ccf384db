#include "analysis/sarif.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "os/files.h"
#include "slowness.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const model::Region kWholeDefault{};

ForeignOptions in_tree() {
  ForeignOptions options;
  options.root = "/checkout";
  return options;
}

ForeignReport sarif_file(const std::string& name, const ForeignOptions& options = in_tree()) {
  const auto bytes = os::read_file(FLEET_SOURCE_DIR "/tests/analysis/sarif/" + name, 1 << 20);
  auto report = read_sarif(bytes.value(), name, options);
  EXPECT_TRUE(report) << report.error().message();
  return report ? *std::move(report) : ForeignReport{};
}

// One run of a tool `t` with these results, and what else there is of the run.
Result<ForeignReport> with_results(const std::string& results, const std::string& more = "",
                                   const std::string& rules = "[]",
                                   const ForeignOptions& options = in_tree()) {
  return read_sarif(
      fmt::format(
          R"({{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"t","rules":{}}}}},{}"results":{}}}]}})",
          rules, more, results),
      "t.sarif", options);
}

model::Finding one_result(const std::string& result, const std::string& more = "",
                          const std::string& rules = "[]", const ForeignOptions& options = in_tree()) {
  auto report = with_results("[" + result + "]", more, rules, options);
  EXPECT_TRUE(report) << report.error().message();
  if (!report || report->findings.size() != 1) {
    ADD_FAILURE() << "not one finding";
    return {};
  }
  return report->findings[0];
}

std::string at_path(const std::string& artifact) {
  return fmt::format(
      R"({{"message":{{"text":"m"}},"locations":[{{"physicalLocation":{{"artifactLocation":{}}}}}]}})",
      artifact);
}

TEST(Sarif, ReadsWhatEslintWrites) {
  ForeignOptions options = in_tree();
  options.source = [](const std::string& path) -> std::optional<std::string> {
    if (path != "src/a b.js") return std::nullopt;
    return "const x = 1;\nconst s = \"\xf0\x9f\x98\x80\"; undefinedCall(s);\n//\neval(\"x\");\n";
  };
  options.takes_marks = true;
  const auto report = sarif_file("eslint.sarif", options);
  EXPECT_THAT(report.tools, ElementsAre("ESLint 8.57.1"));
  ASSERT_THAT(report.findings, SizeIs(2));
  const auto& first = report.findings[0];
  EXPECT_EQ(first.rule, "eslint.no-undef");
  EXPECT_EQ(first.tool, "ESLint");
  EXPECT_EQ(first.path, "src/a b.js");
  EXPECT_EQ(first.severity, model::Severity::error);
  EXPECT_EQ(first.message, "'undefinedCall' is not defined.");
  // The emoji is two of ESLint's columns and one of ours.
  EXPECT_EQ(first.at, (model::Region{2, 16, 2, 29}));
  EXPECT_FALSE(first.suppression);
  EXPECT_EQ(report.findings[1].suppression, "only in tests");
  EXPECT_THAT(report.remarks, IsEmpty());
}

TEST(Sarif, ReadsWhatSemgrepWrites) {
  const auto report = sarif_file("semgrep.sarif");
  ASSERT_THAT(report.findings, SizeIs(1));
  const auto& finding = report.findings[0];
  EXPECT_EQ(finding.rule, "semgrep.python.lang.security.os-system");
  EXPECT_EQ(finding.severity, model::Severity::error);    // the rule's default
  EXPECT_EQ(finding.confidence, model::Confidence::low);  // the tag, not `precision`
  EXPECT_THAT(finding.cwe, ElementsAre("CWE-78"));
  EXPECT_EQ(finding.owasp, "A03:2021");
  EXPECT_EQ(finding.path, "app/run.py");
  EXPECT_EQ(finding.at, (model::Region{7, 5, 7, 20}));
  ASSERT_THAT(finding.flow, SizeIs(2));
  EXPECT_EQ(finding.flow[0].path, "app/run.py");
  EXPECT_EQ(finding.flow[0].at.line, 3U);
  EXPECT_THAT(finding.flow[1].what, HasSubstr("Sink"));
  // `requires login` is not what tells one finding from another.
  EXPECT_EQ(finding.fingerprint, "");
  EXPECT_EQ(finding.excerpt, "");
}

TEST(Sarif, ReadsWhatAConverterOfClangTidyWrites) {
  const auto report = sarif_file("clang-tidy.sarif");
  ASSERT_THAT(report.findings, SizeIs(2));
  EXPECT_EQ(report.findings[0].rule, "clang-tidy.clang-analyzer-cplusplus.NewDeleteLeaks");
  EXPECT_EQ(report.findings[0].path, "src/main.cpp");
  EXPECT_EQ(report.findings[0].at, (model::Region{9, 3, 9, 3}));
  EXPECT_THAT(report.findings[0].flow, IsEmpty());
  // Outside of the root: kept and said.
  EXPECT_EQ(report.findings[1].path, "/usr/include/c++/12/vector");
  EXPECT_EQ(report.findings[1].rule, "clang-tidy.unnamed");
  EXPECT_EQ(report.findings[1].severity, model::Severity::note);
  EXPECT_THAT(report.remarks, ElementsAre(HasSubstr("/usr/include/c++/12/vector")));
}

TEST(Sarif, ReadsWhatCodeQlWrites) {
  ForeignOptions options = in_tree();
  options.source = [](const std::string& path) -> std::optional<std::string> {
    if (path != "web/page.js") return std::nullopt;
    return "const x = document.location;\n/* \xf0\x9f\x98\x80 */name\n";
  };
  options.takes_marks = true;
  const auto report = sarif_file("codeql.sarif", options);
  EXPECT_EQ(report.left_out, 1U);
  ASSERT_THAT(report.findings, SizeIs(2));
  const auto& first = report.findings[0];
  EXPECT_EQ(first.rule, "codeql.js/xss");  // of the extension's rules, which the driver has none of
  EXPECT_EQ(first.severity, model::Severity::error);
  EXPECT_EQ(first.confidence, model::Confidence::high);
  EXPECT_THAT(first.cwe, ElementsAre("CWE-79", "CWE-116", "CWE-20"));
  EXPECT_EQ(first.path, "web/page.js");
  EXPECT_EQ(first.at, (model::Region{2, 8, 2, 12}));
  EXPECT_EQ(first.message, "Cross-site scripting vulnerability due to user-provided value.");
  ASSERT_THAT(first.flow, SizeIs(2));
  EXPECT_EQ(first.flow[0].path, "web/page.js");  // by the index of the file alone
  EXPECT_EQ(first.flow[0].at, (model::Region{1, 13, 1, 21}));
  EXPECT_THAT(first.fingerprint, SizeIs(64));
  EXPECT_FALSE(first.is_known);
  const auto& second = report.findings[1];
  EXPECT_EQ(second.message, "Cross-site scripting vulnerability due to the query, in {braces}.");
  EXPECT_TRUE(second.is_known);
  EXPECT_EQ(second.at, (model::Region{2, 1, 2, 12}));  // to the end of the line
}

TEST(Sarif, LevelsComeFromTheResultThenTheInvocationThenTheRuleThenAreWarnings) {
  const std::string rules = R"([{"id":"r","defaultConfiguration":{"level":"note"}}])";
  const std::string override =
      R"("invocations":[{"ruleConfigurationOverrides":[{"configuration":{"level":"error"},"descriptor":{"id":"r"}}]}],)";
  using model::Severity;
  EXPECT_EQ(one_result(R"({"message":{"text":"m"}})").severity, Severity::warning);
  EXPECT_EQ(one_result(R"({"message":{"text":"m"},"ruleId":"r"})", "", rules).severity, Severity::note);
  EXPECT_EQ(one_result(R"({"message":{"text":"m"},"ruleId":"r/sub"})", "", rules).severity, Severity::note);
  EXPECT_EQ(one_result(R"({"message":{"text":"m"},"ruleId":"r"})", override, rules).severity,
            Severity::error);
  EXPECT_EQ(
      one_result(R"({"message":{"text":"m"},"ruleId":"r","level":"warning"})", override, rules).severity,
      Severity::warning);
  EXPECT_EQ(one_result(R"({"message":{"text":"m"},"kind":"informational"})").severity, Severity::note);
}

TEST(Sarif, FindsTheFileHoweverItIsNamed) {
  const auto path = [](const std::string& artifact) { return one_result(at_path(artifact)).path; };
  EXPECT_EQ(path(R"({"uri":"a/%C3%A4%20b.c"})"), "a/\xc3\xa4 b.c");
  EXPECT_EQ(path(R"({"uri":"./a/../b.c"})"), "b.c");
  EXPECT_EQ(path(R"({"uri":"file:///checkout/b.c"})"), "b.c");
  EXPECT_EQ(path(R"({"uri":"file:/checkout/b.c"})"), "b.c");
  EXPECT_EQ(path(R"({"uri":"file://localhost/checkout/b.c"})"), "b.c");
  EXPECT_EQ(path(R"({"uri":"../../etc/passwd"})"), "/etc/passwd");
  EXPECT_EQ(path(R"({"uri":"100%.c"})"), "100%.c");
  EXPECT_EQ(path(R"({"uri":"a%00.c"})"), "a%00.c");
  EXPECT_EQ(path(R"({"uri":"https://example.org/b.c"})"), "https://example.org/b.c");
  EXPECT_EQ(path(R"({"uri":"b.c","uriBaseId":"NEVER SAID"})"), "b.c");
}

TEST(Sarif, ABaseThatStandsOnItselfEnds) {
  const std::string bases =
      R"("originalUriBaseIds":{"A":{"uri":"a/","uriBaseId":"B"},"B":{"uri":"b/","uriBaseId":"A"}},)";
  EXPECT_THAT(one_result(at_path(R"({"uri":"c.c","uriBaseId":"A"})"), bases).path, HasSubstr("c.c"));
}

TEST(Sarif, RegionsHaveDefaults) {
  const auto at = [](const std::string& region) {
    ForeignOptions options = in_tree();
    options.source = [](const std::string&) { return std::optional<std::string>("ab\xc3\xa4\r\nxyz"); };
    return one_result(
               fmt::format(
                   R"({{"message":{{"text":"m"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"f"}},"region":{}}}}}]}})",
                   region),
               "", "[]", options)
        .at;
  };
  EXPECT_EQ(at(R"({"startLine":1})"), (model::Region{1, 1, 1, 4}));
  EXPECT_EQ(at(R"({"startLine":1,"endLine":2})"), (model::Region{1, 1, 2, 4}));
  EXPECT_EQ(at(R"({"startLine":2,"startColumn":2,"endColumn":3})"), (model::Region{2, 2, 2, 3}));
  EXPECT_EQ(at(R"({"startLine":99,"startColumn":7})"), (model::Region{99, 7, 99, 7}));
  EXPECT_EQ(at(R"({"startLine":3,"endLine":1,"startColumn":-1})"), (model::Region{3, 1, 3, 1}));
  EXPECT_EQ(at("{}"), (model::Region{1, 1, 1, 4}));
}

TEST(Sarif, FillsPlaceholdersOnlyWhereThereAreArguments) {
  const auto said = [](const std::string& message) {
    return one_result("{\"message\":" + message + "}").message;
  };
  EXPECT_EQ(said(R"({"text":"use {foo} and {0} {{x}}"})"), "use {foo} and {0} {{x}}");
  EXPECT_EQ(said(R"({"text":"{1} before {0}, {2} stays","arguments":["a","b"]})"), "b before a, {2} stays");
  EXPECT_EQ(said(R"j({"text":"a[0](1) and [b](x) and [c] (2) and [d](3)"})j"),
            "a0 and [b](x) and [c] (2) and d");
  EXPECT_EQ(said(R"j({"text":"[a\\[0\\]](1) is [not](2) [[x](3)"})j"), "a[0] is not [x");
  EXPECT_EQ(said(R"({"markdown":"**m**"})"), "**m**");
  EXPECT_EQ(said(R"({"text":"bell \u0007"})"), "bell \\x07");
}

TEST(Sarif, ASuppressionCountsOnceItIsAccepted) {
  ForeignOptions options = in_tree();
  options.takes_marks = true;
  const auto mark = [&](const std::string& list) {
    return one_result(R"({"message":{"text":"m"},"suppressions":)" + list + "}", "", "[]", options)
        .suppression;
  };
  EXPECT_EQ(mark("[]"), std::nullopt);
  EXPECT_EQ(mark(R"([{"kind":"inSource"}])"), "");
  EXPECT_EQ(mark(R"([{"kind":"external","status":"accepted","justification":"old"}])"), "old");
  EXPECT_EQ(mark(R"([{"kind":"external","status":"underReview"}])"), std::nullopt);
  EXPECT_EQ(mark(R"([{"kind":"inSource"},{"kind":"external","status":"rejected"}])"), std::nullopt);
}

// Whoever may write the report, or a comment that its tool honours, could mute a finding.
TEST(Sarif, MarksOfTheReportCountOnlyWhereTheCallerSaysSo) {
  const std::string results = R"([{"message":{"text":"m"},"suppressions":[{"kind":"inSource"}]},
    {"message":{"text":"m"},"baselineState":"unchanged"},{"message":{"text":"m"},"baselineState":"absent"}])";
  const auto strict = with_results(results);
  ASSERT_TRUE(strict);
  ASSERT_THAT(strict->findings, SizeIs(2));
  EXPECT_FALSE(strict->findings[0].suppression);
  EXPECT_FALSE(strict->findings[1].is_known);
  EXPECT_EQ(strict->left_out, 1U);
  EXPECT_THAT(strict->remarks, testing::Contains(HasSubstr("2 findings count, though")));
  ForeignOptions options = in_tree();
  options.takes_marks = true;
  const auto trusting = with_results(results, "", "[]", options);
  EXPECT_EQ(trusting->findings[0].suppression, "");
  EXPECT_TRUE(trusting->findings[1].is_known);
}

TEST(Sarif, FindsTheComponentOfARuleByPlaceGuidAndName) {
  const auto id = [](const std::string& component) {
    const auto report = read_sarif(
        fmt::format(
            R"({{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"t","rules":[{{"id":"of-tool"}}]}},
        "extensions":[{{"name":"one","guid":"11111111-1111-1111-8888-111111111111","rules":[{{"id":"of-one"}}]}},
                      {{"name":"two","rules":[{{"id":"of-two"}}]}}]}},
        "results":[{{"message":{{"text":"m"}},"rule":{{"index":0{}}}}}]}}]}})",
            component),
        "t.sarif", in_tree());
    return report && report->findings.size() == 1 ? report->findings[0].rule : "none";
  };
  EXPECT_EQ(id(""), "t.of-tool");
  EXPECT_EQ(id(R"(,"toolComponent":{"index":1})"), "t.of-two");
  EXPECT_EQ(id(R"(,"toolComponent":{"name":"two"})"), "t.of-two");
  EXPECT_EQ(id(R"(,"toolComponent":{"guid":"11111111-1111-1111-8888-111111111111"})"), "t.of-one");
  EXPECT_EQ(id(R"(,"toolComponent":{"name":"t"})"), "t.of-tool");
  EXPECT_EQ(id(R"(,"toolComponent":{"name":"unheard of"})"), "t.unnamed");
}

TEST(Sarif, FingerprintsTellThoseAlikeApartAndStayWhenAFileIsRenamed) {
  const auto prints = [](const std::vector<std::string>& files) {
    std::string results;
    for (const auto& file : files) {
      results += fmt::format(
          R"({}{{"ruleId":"r","message":{{"text":"m"}},"partialFingerprints":{{"line":"a"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"{}"}}}}}}]}})",
          results.empty() ? "" : ",", file);
    }
    std::vector<std::string> all;
    const auto report = with_results("[" + results + "]");
    for (const auto& finding : report->findings)
      all.push_back(finding.fingerprint);
    return all;
  };
  const auto before = prints({"a.c", "a.c", "b.c"});
  EXPECT_NE(before[0], before[1]);
  EXPECT_EQ(before[0], before[2]);
  EXPECT_EQ(prints({"new.c", "new.c", "b.c"}), before);
}

TEST(Sarif, AllTextIsPrintableOnOneLineAndCut) {
  const std::string nasty = "\\u001b[31m\\u202e\\n" + std::string(9000, 'x');
  const auto finding = with_results(
      fmt::format(
          R"([{{"ruleId":"{0}","message":{{"text":"{0}"}},"suppressions":[{{"kind":"inSource","justification":"{0}"}}],
         "locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"f"}}}},"logicalLocations":[{{"name":"{0}"}}]}}],
         "codeFlows":[{{"threadFlows":[{{"locations":[{{"location":{{"message":{{"text":"{0}"}}}}}}]}}]}}],
         "properties":{{"tags":["OWASP-A{0}","external/cwe/cwe-99999999999999999999"]}}}}])",
          nasty),
      R"("invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"error","message":{"text":"\u001b[31m\u202e"}}]}],)",
      "[]", [] {
        auto options = in_tree();
        options.takes_marks = true;
        return options;
      }());
  ASSERT_TRUE(finding) << finding.error().message();
  ASSERT_THAT(finding->findings, SizeIs(1));
  const auto& one = finding->findings[0];
  EXPECT_THAT(one.cwe, IsEmpty());
  ASSERT_THAT(one.flow, SizeIs(1));
  for (const std::string& text : {one.rule, one.message, one.symbol, one.owasp, *one.suppression,
                                  one.flow[0].what, finding->remarks.at(0)}) {
    EXPECT_LT(text.size(), 1200U);
    EXPECT_EQ(text.find_first_of("\x1b\n"), std::string::npos);
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
    EXPECT_THAT(text, HasSubstr("u{202e}"));
  }
}

TEST(Sarif, ClassesOfARuleAreBounded) {
  std::string tags, taxa;
  for (int i = 1; i < 5000; ++i) {
    tags += fmt::format(R"("CWE-{}",)", i);
    taxa += fmt::format(R"({{"id":"CWE-{}"}},)", i);
  }
  const std::string rules = fmt::format(R"([{{"id":"r","properties":{{"tags":[{}"x"]}}}}])", tags);
  EXPECT_THAT(
      one_result(fmt::format(R"({{"ruleId":"r","message":{{"text":"m"}},"taxa":[{}{{}}]}})", taxa), "", rules)
          .cwe,
      SizeIs(20));
}

TEST(Sarif, HostileReportsTakeLinearTime) {
  const auto times = [](const std::string& part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
      text += part;
    return text;
  };
  const auto message = [](const std::string& text, const std::string& arguments) {
    return R"({"message":{"text":")" + text + R"(","arguments":[")" + arguments + "\"]}}";
  };
  const std::string big(size_for_time(1'000'000), 'a');
  const std::string result =
      R"({"ruleId":"r","message":{"id":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":1,"startColumn":900000}}}]})";
  ForeignOptions options = in_tree();
  options.source = [](const std::string&) {
    return std::optional<std::string>(std::string(size_for_time(10'000'000), 'x'));
  };
  const auto start = std::chrono::steady_clock::now();
  EXPECT_LT(one_result(message(times("{0}", size_for_time(1'000'000)), big)).message.size(), 1100U);
  EXPECT_LT(one_result(message(times("{", size_for_time(3'000'000)), "a")).message.size(), 1100U);
  EXPECT_LT(one_result(message(times("[", size_for_time(3'000'000)), "a")).message.size(), 1100U);
  EXPECT_LT(one_result(message(times("[](1", size_for_time(1'000'000)), "a")).message.size(), 1100U);
  EXPECT_LE(one_result(at_path(R"({"uri":"f","uriBaseId":"B"})"),
                       R"("originalUriBaseIds":{"B":{"uri":")" + big + R"("}},)")
                .path.size(),
            4096U);
  EXPECT_EQ(one_result(R"({"message":{"text":"m"},"ruleId":")" + times("a/", size_for_time(500'000)) + "\"}")
                .message,
            "m");
  const auto many = with_results(
      "[" + times(result + ",", size_for_time(60'000)) + result + "]",
      R"("columnKind":"utf16CodeUnits","artifacts":[{"location":{"uri":"f","uriBaseId":"C"}}],"originalUriBaseIds":{"B":{"uri":")" +
          big + R"(/"},"C":{"uri":"src/"}},)",
      R"([{"id":"r","messageStrings":{"m":{"text":")" + big + R"("}},"properties":{"tags":[)" +
          times("\"a\",", size_for_time(100'000)) + "\"b\"]}}]",
      options);
  ASSERT_TRUE(many) << many.error().message();
  EXPECT_THAT(many->findings, SizeIs(size_for_time(60'000) + 1));
  EXPECT_LT(std::chrono::steady_clock::now() - start, kSlowness * std::chrono::seconds(30));
}

TEST(Sarif, AFlowThatIsManyTimesAsLargeAsItsFileIsRefused) {
  const std::string step = R"({"location":{"physicalLocation":{"artifactLocation":{"index":0}}}},)";
  std::string steps, results;
  for (int i = 0; i < 499; ++i)
    steps += step;
  steps.pop_back();
  for (int i = 0; i < 300; ++i)
    results += (i == 0 ? "" : ",") +
               (R"({"message":{"text":"m"},"codeFlows":[{"threadFlows":[{"locations":[)" + steps + "]}]}]}");
  const auto report = with_results(
      "[" + results + "]", R"("artifacts":[{"location":{"uri":")" + std::string(4000, 'p') + R"("}}],)");
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message(), HasSubstr("or 256 MB of them"));
}

TEST(Sarif, ManyValuesAreRefusedBeforeTheyTakeMemory) {
  const std::string values = "{\"version\":\"2.1.0\",\"runs\":[" + std::string(10'000'000, ',') + "]}";
  EXPECT_THAT(read_sarif(values, "x", in_tree()).error().message(), HasSubstr("more than 4000000 values"));
}

TEST(Sarif, TakesWeaknessesFromTaxaAndPropertiesOfTheResult) {
  EXPECT_THAT(one_result(R"({"message":{"text":"m"},"taxa":[{"id":"22","toolComponent":{"name":"CWE"}},
                             {"id":"7","toolComponent":{"name":"OTHER"}}],
                             "properties":{"cwe":["CWE-0089: x","90"],"tags":["external/cwe/cwe-022", 3]}})")
                  .cwe,
              ElementsAre("CWE-22", "CWE-89", "CWE-90"));
}

TEST(Sarif, NullIsAsGoodAsAbsent) {
  EXPECT_TRUE(with_results("null"));
  const auto finding =
      one_result(R"({"message":{"text":"m"},"locations":null,"level":null,"codeFlows":null})");
  EXPECT_EQ(finding.path, "");
  EXPECT_EQ(finding.at, kWholeDefault);
}

TEST(Sarif, SaysWhatNamesNoFile) {
  EXPECT_THAT(with_results(R"([{"message":{"text":"m"}}])")->remarks,
              ElementsAre(HasSubstr("1 findings name no file")));
}

TEST(Sarif, SaysWhereTheToolDidNotGetToItsEnd) {
  const auto report = with_results(
      "[]", R"("externalPropertyFileReferences":{"results":[{}]},"invocations":[{"executionSuccessful":false,
               "toolExecutionNotifications":[{"level":"error","message":{"text":"a.py: no Python"}},
               {"level":"error","message":{"text":"b"}},{"level":"note","message":{"text":"c"}}]}],)");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_THAT(report->remarks, ElementsAre(HasSubstr("files beside"), HasSubstr("did not run to its end"),
                                           HasSubstr("2 errors while it ran, the first: a.py: no Python")));
}

TEST(Sarif, AnErrorSaysWhereAndWhatToDo) {
  const auto error = [](const std::string& json) {
    const auto report = read_sarif(json, "x.sarif", in_tree());
    EXPECT_FALSE(report) << json;
    return report ? std::string() : report.error().message();
  };
  EXPECT_THAT(error(""), HasSubstr("cannot read x.sarif"));
  EXPECT_THAT(error("[]"), HasSubstr("no object"));
  EXPECT_THAT(error(R"({"version":"2.0.0","runs":[]})"),
              HasSubstr("at /version: 2.1.0 is expected, not `2.0.0`"));
  EXPECT_THAT(error(R"({"version":"2.1.0"})"), HasSubstr("at /runs"));
  EXPECT_THAT(error(R"({"version":"2.1.0","runs":{}})"), HasSubstr("at /runs: a list is expected"));
  EXPECT_THAT(error(R"({"version":"2.1.0","runs":[{"results":[]}]})"), HasSubstr("at /runs/0/tool"));
  EXPECT_THAT(error(R"({"version":"2.1.0","runs":[{"tool":{"driver":{}}}]})"),
              HasSubstr("at /runs/0/tool/driver/name"));
  EXPECT_THAT(error(R"({"version":"2.1.0","runs":[7]})"), HasSubstr("at /runs/0: a run"));
  const auto result = [](const std::string& json) {
    const auto report = with_results("[{\"message\":{\"text\":\"m\"}}," + json + "]");
    EXPECT_FALSE(report) << json;
    return report ? std::string() : report.error().message();
  };
  EXPECT_THAT(result("7"), HasSubstr("at /runs/0/results/1: a result"));
  EXPECT_THAT(result("{}"), HasSubstr("at /runs/0/results/1/message"));
  EXPECT_THAT(result(R"({"message":{"text":1}})"), HasSubstr("at /runs/0/results/1/message/text: a string"));
  EXPECT_THAT(result(R"({"message":{"text":"m"},"level":"fatal"})"), HasSubstr("/runs/0/results/1/level"));
  EXPECT_THAT(
      result(R"({"message":{"text":"m"},"locations":[{"physicalLocation":{"region":{"startLine":1.5}}}]})"),
      HasSubstr("at /runs/0/results/1/locations/0/physicalLocation/region/startLine: a whole number"));
  EXPECT_THAT(result("{}"), HasSubstr("hint: "));
}

TEST(Sarif, BoundsHold) {
  ForeignOptions options = in_tree();
  options.max_findings = 2;
  const std::string one = R"({"message":{"text":"m"}})";
  EXPECT_TRUE(with_results("[" + one + "," + one + "]", "", "[]", options));
  const auto three = with_results("[" + one + "," + one + "," + one + "]", "", "[]", options);
  ASSERT_FALSE(three);
  EXPECT_THAT(three.error().message(), HasSubstr("more than 2 findings"));
  options.max_bytes = 10;
  EXPECT_THAT(read_sarif("{\"version\":\"2.1.0\"}", "x", options).error().message(),
              HasSubstr("more than 10"));
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_THAT(read_sarif(deep, "x", in_tree()).error().message(), HasSubstr("nested deeper"));
  // Brackets in a string nest nothing.
  EXPECT_TRUE(with_results(R"([{"message":{"text":")" + std::string(1000, '[') + R"("}}])"));
}

}  // namespace
}  // namespace fleet::analysis
