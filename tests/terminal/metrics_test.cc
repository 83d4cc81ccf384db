#include "terminal/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace fleet::terminal {
namespace {

using testing::HasSubstr;
using testing::Not;

const Look kMetricsLook{100, false, false, true};

model::AnalysisReport measured() {
  model::AnalysisReport report;
  model::FileMetrics file;
  file.path = "src/a.py";
  file.language = "python";
  file.lines = {100, 70, 10, 20};
  for (const std::uint32_t cognitive : {3u, 12u, 7u}) {
    model::FunctionMetrics function;
    function.name = "f" + std::to_string(cognitive);
    function.at = {cognitive, 1, cognitive + 9, 1};
    function.lines.total = 10;
    function.cognitive = cognitive;
    function.cyclomatic = cognitive + 1;
    function.maintainability = 60.4;
    file.functions.push_back(function);
  }
  report.metrics.push_back(file);
  return report;
}

TEST(MetricsText, TellsTheHardestFunctionsFirst) {
  EXPECT_EQ(metrics_text(measured(), 2, kMetricsLook),
            "1 source file: 70 lines of code, 10 of comments, 20 blank; 3 functions, 0 classes\n"
            "\n"
            "FUNCTION  PLACE        LINES  COGNITIVE  CYCLOMATIC  NESTING  MAINTAINABILITY\n"
            "f12       src/a.py:12     10         12          13        0               60\n"
            "f7        src/a.py:7      10          7           8        0               60\n");
}

TEST(MetricsText, OfNothingHasNoTable) {
  model::AnalysisReport report;
  report.duplication = 12.345;
  EXPECT_EQ(metrics_text(report, 50, kMetricsLook),
            "0 source files: 0 lines of code, 0 of comments, 0 blank; 0 functions, 0 classes\n"
            "12.3 % of the lines stand in several places\n");
}

TEST(MetricsText, IsOnlyToBeRead) {
  model::AnalysisReport report = measured();
  report.metrics[0].path = report.metrics[0].functions[0].name = "\x1b[31m\n\u202e\x07";
  const std::string text = metrics_text(report, 50, kMetricsLook);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
}

TEST(ScoresText, CountsDownAndTellsOnlyWhatIsKnown) {
  model::AnalysisReport report;
  EXPECT_EQ(scores_text(report, kMetricsLook), "");
  report.scores = model::Scores{79.99, 100, 60.5, {}, 81.2};
  EXPECT_EQ(scores_text(report, kMetricsLook),
            "score 81 of 100: maintainability 79, security 100, performance 60\n");
  report.scores->coverage = 50;
  EXPECT_THAT(scores_text(report, kMetricsLook), HasSubstr("performance 60, coverage 50\n"));
}

}  // namespace
}  // namespace fleet::terminal
