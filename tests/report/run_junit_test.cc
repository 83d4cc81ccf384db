#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "report/render.h"
#include "report/sample.h"

namespace fleet::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t how_often(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

TEST(RunJunit, HasACaseForEachTask) {
  expect_golden("report/golden/report.xml", to_junit(sample()));
}

TEST(RunJunit, WhatNeverCameToItsEndIsAnError) {
  model::Report report = sample();
  for (model::TaskReport& task : report.tasks)
    task.state = model::TaskState::ready;
  const std::string xml = to_junit(report);
  EXPECT_EQ(how_often(xml, "<error message=\"it did not come to its end\" type=\"ready\">"),
            report.tasks.size());
  EXPECT_THAT(xml, HasSubstr("failures=\"0\" errors=\"" + std::to_string(report.tasks.size())));
}

TEST(RunJunit, AGateIsACase) {
  model::Report report = sample();
  report.gate.emplace();
  EXPECT_THAT(to_junit(report), HasSubstr("<testcase name=\"gate\""));
  EXPECT_THAT(to_junit(report), Not(HasSubstr("type=\"gate\"")));
  report.gate->passed = false;
  report.gate->failures = {"2 new errors, 0 are allowed"};
  EXPECT_THAT(to_junit(report), HasSubstr("type=\"gate\">2 new errors, 0 are allowed\n</failure>"));
}

TEST(RunJunit, NothingThatIsSaidBecomesMarkup) {
  model::Report report = sample();
  const std::string evil = "]]><x y=\"1\"/>&amp;\x01\xff\xef\xbf\xbe\x1b[31m\u202e</failure>";
  report.workflow = report.run = evil;
  report.reasons = {evil};
  for (model::TaskReport& task : report.tasks) {
    task.id = task.reason = evil;
    for (model::AttemptReport& attempt : task.attempts)
      attempt.outcome->reason = attempt.outcome->summary = attempt.outcome->output_tail = evil;
  }
  const std::string xml = to_junit(report);
  for (const char* bad :
       {"<x", "]]>", "\x01", "\xff", "\xef\xbf\xbe", "\x1b", "\u202e", "</failure></failure>"})
    EXPECT_EQ(xml.find(bad), std::string::npos) << bad;
  EXPECT_EQ(how_often(xml, "<testcase "), report.tasks.size());
}

TEST(RunJunit, OutputGoesWhereItFindsNoRoom) {
  model::Report report = sample();
  model::TaskReport failed = report.tasks.at(5);
  ASSERT_EQ(failed.state, model::TaskState::failed);
  failed.attempts.back().outcome->output_tail = std::string(60'000, 'x');
  report.tasks.assign(200, failed);
  const std::string xml = to_junit(report, 1'000'000);
  EXPECT_LT(xml.size(), 1'000'000U);
  EXPECT_EQ(how_often(xml, "<failure message="), 200U);
  EXPECT_THAT(xml, HasSubstr("tasks is left out to stay below 1000000 bytes"));
}

}  // namespace
}  // namespace fleet::report
