#include "terminal/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "report/findings_sample.h"

namespace fleet::terminal {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const Look kPlain{100, false, false, true};

TEST(FindingsText, ReadsWell) {
  expect_golden("terminal/golden/findings.txt", findings_text(report::findings_sample(), {}, kPlain));
}

TEST(FindingsText, ExplainsOnDemand) {
  expect_golden("terminal/golden/findings_explained.txt",
                findings_text(report::findings_sample(), {50, true, true}, {60, false, false, false}));
}

TEST(FindingsText, ShowsThoseThatTellMostAndCountsTheRest) {
  const std::string text = findings_text(report::findings_sample(), {1, false, false}, kPlain);
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("python.sql-injection"), Not(HasSubstr("chmod")), HasSubstr("and 3 more findings\n"),
            EndsWith(
                "1 error, 2 warnings, 1 note in 14 files; 1 known, 1 suppressed, 1 below the threshold\n")));
}

TEST(FindingsText, IsOnlyToBeRead) {
  model::AnalysisReport report = report::findings_sample();
  for (auto& finding : report.findings)
    finding.rule = finding.path = finding.message = finding.excerpt = "\x1b[31m\n\u202e\x07";
  report.notes = {"\x1b]0;title\x07"};
  const std::string text = findings_text(report, {50, true, true}, kPlain);
  EXPECT_EQ(text.find_first_of("\x1b\x07"), std::string::npos);
  EXPECT_EQ(text.find("\u202e"), std::string::npos);
  EXPECT_EQ(findings_text({}, {}, kPlain), "no findings in 0 files\n");
}

}  // namespace
}  // namespace fleet::terminal
