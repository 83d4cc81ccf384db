#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "base/base64.h"
#include "base/sha256.h"
#include "model/json.h"
#include "report/findings.h"
#include "report/findings_sample.h"
#include "report/html_page.h"
#include "report/large_sample.h"
#include "report/sample.h"

namespace fleet::report {
namespace {

using model::Json;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;
using testing::SizeIs;

constexpr const char* kEvilText =
    "</script><script>alert(1)</script> --> <!-- ::set-output name=a::b @everyone `x` \xe2\x80\xaegnp.exe "
    "\x1b[31m \xff\xfe ]]> \" ' \\";

std::string data_in(const std::string& page) {
  EXPECT_TRUE(page.starts_with(kPageHead));
  EXPECT_TRUE(page.ends_with(kPageTail));
  return page.substr(kPageHead.size(), page.size() - kPageHead.size() - kPageTail.size());
}

Json json_in(const std::string& page) {
  return Json::parse(data_in(page));
}

// What stands between each such tag and its end.
std::vector<std::string> texts_of(const std::string& page, const std::string& open,
                                  const std::string& close) {
  std::vector<std::string> texts;
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const std::size_t begin = at + open.size();
    texts.push_back(page.substr(begin, page.find(close, begin) - begin));
  }
  return texts;
}

std::string policy_of(const std::string& page) {
  return texts_of(page, "Content-Security-Policy\" content=\"", "\"").at(0);
}

std::string hash_of(const std::string& text) {
  const base::Sha256 hash = base::sha256(text);
  return "'sha256-" + base::encode_base64({reinterpret_cast<const char*>(hash.data()), hash.size()}) + "'";
}

model::Report evil_run() {
  model::Report report = sample();
  report.workflow = report.run = report.version = report.workflow_path = kEvilText;
  report.reasons = report.notes = {kEvilText};
  for (model::TaskReport& task : report.tasks) {
    task.id = task.title = task.description = task.reason = kEvilText;
    for (model::AttemptReport& attempt : task.attempts) {
      attempt.outcome->reason = attempt.outcome->summary = kEvilText;
      attempt.outcome->output_head = attempt.outcome->output_tail = std::string(1 << 20, '<') + kEvilText;
      attempt.outcome->paths = {kEvilText, std::string(1 << 20, 'p')};
    }
  }
  report.conflicts = {{kEvilText, kEvilText, {kEvilText}, kEvilText}};
  return report;
}

TEST(Html, HoldsItsDataInOnePlace) {
  const std::string page = to_html(sample());
  const Json data = json_in(page);
  EXPECT_EQ(data["verdict"], verdict(sample()));
  EXPECT_THAT(data["tasks"], SizeIs(8));
  EXPECT_EQ(data["tasks"][5]["needs"], Json::parse("[1, 2, 3, 4]"));
  EXPECT_EQ(data["tasks"][5]["attempts"][1]["programs"], Json::parse(R"([["npm run build", "exit 2"]])"));
  EXPECT_EQ(data["tasks"][2]["attempts"][1]["end"], 92.4);
  EXPECT_THAT(data["left_out"], IsEmpty());
}

TEST(Html, LetsOnlyItsOwnScriptsAndStyleRunAndNothingElse) {
  const std::string page = to_html(sample());
  const std::string policy = policy_of(page);
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'sha256-")) << policy;
  EXPECT_THAT(policy, AllOf(Not(HasSubstr("unsafe")), Not(HasSubstr("http")), Not(HasSubstr("data:")),
                            HasSubstr("base-uri 'none'; form-action 'none'")));
  const auto scripts = texts_of(page, "<script>", "</script>");
  const auto drawings = texts_of(page, "<script type=\"text/plain\" id=\"drawings\">", "</script>");
  const auto styles = texts_of(page, "<style>", "</style>");
  ASSERT_THAT(scripts, SizeIs(1));
  ASSERT_THAT(drawings, SizeIs(1));
  ASSERT_THAT(styles, SizeIs(1));
  EXPECT_EQ(policy, "default-src 'none'; script-src " + hash_of(scripts[0]) + " " + hash_of(drawings[0]) +
                        "; style-src " + hash_of(styles[0]) + "; base-uri 'none'; form-action 'none'");
}

TEST(Html, PutsNothingIntoItselfButByText) {
  const auto scripts = texts_of(to_html({}), "<script>", "</script>");
  EXPECT_THAT(scripts, Each(AllOf(Not(HasSubstr("innerHTML")), Not(HasSubstr("outerHTML")),
                                  Not(HasSubstr("insertAdjacentHTML")), Not(HasSubstr("document.write")),
                                  Not(HasSubstr("eval(")), Not(HasSubstr("new Function")))));
}

TEST(Html, StaysTheSameAroundWhateverStandsInTheReport) {
  const model::AnalysisReport findings = hostile_findings();
  const std::string page = to_html(evil_run(), {&findings, {{kEvilText, model::RunState::failed, {}, {}}}});
  const std::string data = data_in(page);
  EXPECT_THAT(data, Not(HasSubstr("<")));
  EXPECT_THAT(data, AllOf(Not(HasSubstr("\xe2\x80\xae")), Not(HasSubstr("\\u001b")), Not(HasSubstr("\n"))));
  const Json json = Json::parse(data);
  EXPECT_THAT(json["workflow"].get<std::string>(), HasSubstr("</script><script>alert(1)</script>"));
  EXPECT_THAT(json["findings"]["list"], SizeIs(7));
}

TEST(Html, TakesARunInWhichNothingWasDone) {
  EXPECT_EQ(json_in(to_html({}))["verdict"], "running: 0 of 0 tasks done");
  EXPECT_EQ(json_in(to_html(void_run()))["void"], true);
}

TEST(Html, SaysWhatIsSpentOfALimitOnCost) {
  model::Report report = sample();
  EXPECT_FALSE(json_in(to_html(report)).contains("budget"));
  report.budget = {5, 1.25};
  EXPECT_EQ(json_in(to_html(report))["budget"], describe(*report.budget));
}

TEST(Html, CarriesTheLicencesOfWhatItHolds) {
  const std::string page = to_html({});
  for (const char* text : {"Apache License", "parts of Apache ECharts", "parts of ZRender", "parts of dagre",
                           "Redistribution and use in source and binary forms"})
    EXPECT_THAT(page, HasSubstr(text));
}

TEST(Html, StaysBelowItsLimitAndSaysWhatItLeavesOut) {
  const LargeRun large = large_run(2000, 5000);
  const HtmlExtras extras{&large.analysis, large.runs};
  const std::string page = to_html(large.report, extras);
  EXPECT_LE(page.size(), kHtmlLimit);
  RecordProperty("bytes", static_cast<int>(page.size()));
  const Json data = json_in(page);
  EXPECT_THAT(data["tasks"], SizeIs(2000));
  EXPECT_THAT(data["findings"]["list"], SizeIs(5000));
  for (const Json& task : data["tasks"]) {
    const Json& last = task["attempts"].back();
    if (task["state"] == "failed") {
      EXPECT_GT(last["tail"].get<std::string>().size(), 1000U) << task["id"];
    }
    EXPECT_TRUE(last.contains("paths")) << task["id"];
  }
  for (const std::size_t limit : {std::size_t{900'000}, std::size_t{1'500'000}, std::size_t{3'000'000}}) {
    const std::string small = to_html(large.report, extras, limit);
    EXPECT_LE(small.size(), limit);
    EXPECT_THAT(json_in(small)["left_out"], Not(IsEmpty())) << limit;
  }
}

TEST(Html, LeavesOutWhatSaysLeast) {
  const LargeRun large = large_run(400, 5000);
  const Json data = json_in(to_html(large.report, {&large.analysis, {}}, 1'400'000));
  const auto& findings = data["findings"]["list"];
  ASSERT_LT(findings.size(), 5000U);
  ASSERT_GT(findings.size(), 100U);
  EXPECT_THAT(findings,
              Each(testing::ResultOf([](const Json& each) { return each.contains("mark"); }, false)));
  EXPECT_THAT(data["left_out"].dump(), HasSubstr(" findings"));
}

TEST(Html, ShowsBothEndsOfALongOutputAndAllOfAShortOne) {
  model::Report report = sample();
  model::Outcome& outcome = *report.tasks[5].attempts[1].outcome;
  outcome.output_head = "all of it\n";
  outcome.output_tail.clear();
  outcome.output_size = outcome.output_head.size();
  model::Outcome& before = *report.tasks[5].attempts[0].outcome;
  before.output_head = "begin " + std::string(30'000, 'x');
  before.output_tail = std::string(30'000, 'x') + " end";
  before.output_size = 1 << 20;
  const Json attempts = json_in(to_html(report))["tasks"][5]["attempts"];
  EXPECT_EQ(attempts[1]["head"], "all of it\n");
  EXPECT_FALSE(attempts[1].contains("cut"));
  EXPECT_TRUE(attempts[0]["head"].get<std::string>().starts_with("begin "));
  EXPECT_TRUE(attempts[0]["tail"].get<std::string>().ends_with(" end"));
  EXPECT_EQ(attempts[0]["cut"], true);
  EXPECT_EQ(attempts[0]["size"], 1 << 20);
}

TEST(FindingsJson, CanBeReadAgain) {
  model::AnalysisReport report = findings_sample();
  report.scores = model::Scores{91, 62, 88, std::nullopt, 79};
  report.duplication = 4.5;
  const auto read = findings_from_json(to_json(report));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(to_json(*read), to_json(report));
  EXPECT_FALSE(findings_from_json("[]"));
  EXPECT_FALSE(findings_from_json(R"({"findings": [{"rule": 1}]})"));
}

}  // namespace
}  // namespace fleet::report
