#include "analysis/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace fleet::analysis {
namespace {

using model::Finding;
using model::Gate;
using model::GateReport;
using model::Severity;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Finding finding(const std::string& path, std::uint32_t line, Severity severity) {
  Finding out;
  out.rule = "python.eval";
  out.path = path;
  out.at.line = line;
  out.severity = severity;
  return out;
}

model::FunctionMetrics function(const std::string& name, std::uint32_t complexity, bool is_known = false) {
  model::FunctionMetrics out;
  out.name = name;
  out.at.line = 3;
  out.cyclomatic = complexity;
  out.is_known = is_known;
  return out;
}

// Two errors, a warning and a note that count; some that do not.
model::Analysis change() {
  model::Analysis out;
  out.files = {{model::FileKind::source, 2}, {model::FileKind::text, 1}};
  out.findings = {finding("a.py", 1, Severity::error), finding("a.py", 2, Severity::warning),
                  finding("b.py", 3, Severity::note),  finding("b.py", 4, Severity::error),
                  finding("c.py", 5, Severity::error), finding("c.py", 6, Severity::error),
                  finding("c.py", 7, Severity::error)};
  out.findings[4].is_known = true;
  out.findings[5].suppression = "tested by hand";
  out.findings[6].is_below_threshold = true;
  model::FileMetrics file;
  file.path = "a.py";
  file.functions = {function("was_there", 40, true), function("f", 16), function("g", 15)};
  out.metrics = {file};
  out.scores.overall = 79.97;
  return out;
}

TEST(Gate, LetsPassWhatItDoesNotAskFor) {
  const GateReport report = hold_against(Gate{}, change());
  EXPECT_TRUE(report.passed);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_EQ(report.errors, 2u);
  EXPECT_EQ(report.warnings, 1u);
  EXPECT_EQ(report.notes, 1u);
  EXPECT_EQ(report.files, 3u);
  EXPECT_EQ(report.highest_complexity, 16u);
  EXPECT_EQ(report.score, 79.97);
}

TEST(Gate, CountsNewFindingsOfASeverityAndWorse) {
  Gate gate;
  gate.new_findings = Severity::error;
  EXPECT_THAT(hold_against(gate, change()).failures,
              ElementsAre("2 new findings of severity error, none allowed: a.py:1 (python.eval), b.py:4 "
                          "(python.eval)"));
  gate.allow = 2;
  EXPECT_TRUE(hold_against(gate, change()).passed);
  gate.new_findings = Severity::note;
  const GateReport report = hold_against(gate, change());
  EXPECT_FALSE(report.passed);
  EXPECT_THAT(report.failures,
              ElementsAre("4 new findings of severity note or worse, 2 allowed: a.py:1 (python.eval), a.py:2 "
                          "(python.eval), b.py:3 (python.eval) and 1 more"));
}

TEST(Gate, LooksAtTheComplexityOfWhatChanged) {
  Gate gate;
  gate.complexity = 15;
  EXPECT_THAT(hold_against(gate, change()).failures,
              ElementsAre("1 changed function has a cyclomatic complexity over 15: f at a.py:3 has 16"));
  gate.complexity = 14;
  EXPECT_THAT(
      hold_against(gate, change()).failures,
      ElementsAre("2 changed functions have a cyclomatic complexity over 14: f at a.py:3 has 16, g at "
                  "a.py:3 has 15"));
  gate.complexity = 16;
  EXPECT_TRUE(hold_against(gate, change()).passed);
}

TEST(Gate, DoesNotRoundAScoreUpToWhatIsAskedFor) {
  Gate gate;
  gate.score = 80;
  EXPECT_THAT(hold_against(gate, change()).failures,
              ElementsAre("the changed files score 79.9, and 80 is the least"));
  gate.score = 79.97;
  EXPECT_TRUE(hold_against(gate, change()).passed);
}

TEST(Gate, TellsAllThatItFailsBy) {
  Gate gate;
  gate.new_findings = Severity::error;
  gate.complexity = 1;
  gate.score = 100;
  EXPECT_EQ(hold_against(gate, change()).failures.size(), 3u);
}

TEST(Gate, NamesFilesWithoutWhatTheyWouldDoToATerminal) {
  Gate gate;
  gate.new_findings = Severity::error;
  model::Analysis hostile;
  hostile.findings = {finding("a\x1b[31m\n.py", 1, Severity::error)};
  const std::string failure = hold_against(gate, hostile).failures.at(0);
  EXPECT_EQ(failure.find('\x1b'), std::string::npos);
  EXPECT_EQ(failure.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace fleet::analysis
