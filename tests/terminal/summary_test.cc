#include "terminal/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "report/sample.h"
#include "terminal/table.h"
#include "text/utf8.h"

namespace fleet::terminal {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const SummaryPlaces kPlaces{{".git/fleet/reports/report.md", ".git/fleet/reports/report.json"},
                            "fleet resume r-20260922-1413-a1b2 --retry-failed"};

TEST(Summary, ReadsWell) {
  expect_golden("terminal/golden/summary.txt", summary(report::sample(), kPlaces, {100, false, false, true}));
}

TEST(Summary, FitsANarrowTerminalInAscii) {
  const std::string text = summary(report::sample(), {}, {60, false, false, false});
  for (const char c : text)
    ASSERT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f)) << text;
  expect_golden("terminal/golden/summary_narrow.txt", text);
}

TEST(Summary, KeepsWhatPeopleCopyWhole) {
  const std::string path(300, 'p');
  EXPECT_THAT(summary(report::sample(), {{path}, path + "!"}, {40, false, false, true}),
              AllOf(HasSubstr(path + "\n"), HasSubstr(path + "!\n")));
}

TEST(Summary, HasNoCheckMarkForARunInWhichNothingWasDone) {
  EXPECT_THAT(summary(report::void_run(), {}, {100, false, false, true}),
              AllOf(HasSubstr("– nightly finished: nothing was done, the only task was skipped\n"),
                    Not(HasSubstr("✓"))));
}

TEST(Summary, OfAnEmptyRunHasNoOddNumbers) {
  EXPECT_THAT(summary({}, {}, {}),
              AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf")), HasSubstr("0 of 0 tasks done")));
}

TEST(Summary, ListsOfThousandsOnlyWhatIsNotSimplyDone) {
  model::Report report = report::sample();
  for (int i = 0; i < 4000; ++i)
    report.tasks.push_back(report::task("t" + std::to_string(i), "run", model::TaskState::done));
  const std::string text = summary(report, {}, {100, false, false, true});
  EXPECT_THAT(text, AllOf(HasSubstr("publish"), Not(HasSubstr("t3999")), HasSubstr("and 4005 more tasks")));
}

TEST(Summary, ObeysNobody) {
  const std::string evil = "\x1b[2J\x07\u202e\nx";
  model::Report report = report::sample();
  report.workflow = report.delivery.branch = evil;
  report.reasons = report.notes = {evil};
  report.conflicts = {{evil, evil, {evil}, evil}};
  for (model::TaskReport& task : report.tasks)
    task.id = task.reason = evil;
  for (model::RequirementReport& requirement : report.requirements)
    requirement.requirement.id = requirement.requirement.text = evil;
  const std::string text = summary(report, {{evil}, evil}, {100, false, false, true}) +
                           status_table(report, {}, report.finished, {100, false, false, true}) +
                           runs_table({{evil, evil, {}, {}, {}, {}, 1, 1, 0, evil}}, report.finished, {});
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07")), Not(HasSubstr("\u202e"))));
}

TEST(Runs, AreATable) {
  const TimePoint now = report::at(100'000);
  const std::vector<RunRow> rows{
      {"r-4", "showroom", model::RunState::running, false, now - std::chrono::seconds(30), {}, 50, 12, 1, ""},
      {"r-3", "showroom", model::RunState::running, true, now - std::chrono::hours(2), {}, 50, 3, 0, ""},
      {"r-2", "showroom", model::RunState::finished, false, now - std::chrono::hours(3),
       std::chrono::seconds(154), 8, 8, 0, "fleet/r-2"},
      {"r-1", "sync ten repositories", model::RunState::failed, false, now - std::chrono::hours(72),
       std::chrono::hours(1), 50, 48, 2, "fleet/r-1"},
  };
  expect_golden("terminal/golden/runs.txt", runs_table(rows, now, {100, false, false, true}));
}

TEST(Runs, SayHowToBeginWhenThereAreNone) {
  EXPECT_THAT(runs_table({}, {}, {}), HasSubstr("fleet run"));
}

TEST(Status, ShowsWhatIsUnderWay) {
  model::Report report = report::sample();
  report.state = model::RunState::running;
  report.tasks[5].state = model::TaskState::running;
  report.tasks[5].reason.clear();
  report.tasks[5].attempts.back().finished.reset();
  report.tasks[5].attempts.back().outcome.reset();
  report.tasks[6].state = model::TaskState::waiting;
  report.tasks[6].reason.clear();
  report.delivery = {};
  expect_golden("terminal/golden/status.txt",
                status_table(report, "process 12 on box", report::at(200), {100, false, false, true}));
}

TEST(Status, SaysThatARunWasCutOffAndHowItGoesOn) {
  model::Report report = report::sample();
  report.state = model::RunState::running;
  report.cut_off = true;
  report.tasks[5].attempts.back().finished.reset();
  report.tasks[5].attempts.back().outcome.reset();
  const std::string text = status_table(report, {}, report::at(200), {});
  EXPECT_THAT(text, HasSubstr("cut off after 2m34s: 5 of 8 done"));
  EXPECT_THAT(text, HasSubstr("`fleet resume " + report.run + "`"));
  EXPECT_EQ(text, status_table(report, {}, report::at(200'000), {})) << "its clock has stopped";
  report.cut_off = false;
  report.state = model::RunState::failed;
  EXPECT_THAT(status_table(report, {}, report::at(200), {}), Not(HasSubstr("cut off")));
}

TEST(Status, ReadsAsHowLongTheRunTookNotAsHowLongAgo) {
  model::Report report = report::sample();
  EXPECT_THAT(status_table(report, {}, report::at(200'000), {}),
              HasSubstr("failed after 2m34s: 5 of 8 done"));
  report.state = model::RunState::running;
  EXPECT_THAT(status_table(report, "process 12", report::at(200), {}), HasSubstr("running for 3m20s"));
}

TEST(Summary, SaysWhereTheBranchIsNow) {
  model::Report report = report::sample();
  EXPECT_THAT(summary(report, {}, {}), HasSubstr("fleet/r-20260922-1413-a1b2 at 1a2b3c4d5e6f: 126 files"));
  report.delivery.tip = report.delivery.start;
  for (const auto& [standing, text] :
       {std::pair(model::BranchStanding::rolled_back,
                  "a1b2 rolled back: at aaaabbbbcccc now, 1a2b3c4d5e6f when delivered"),
        std::pair(model::BranchStanding::moved,
                  "a1b2 moved: at aaaabbbbcccc now, 1a2b3c4d5e6f when delivered"),
        std::pair(model::BranchStanding::gone, "a1b2 is gone; it was at 1a2b3c4d5e6f")}) {
    report.delivery.standing = standing;
    EXPECT_THAT(summary(report, {}, {}), AllOf(HasSubstr(text), Not(HasSubstr("126 files"))));
  }
}

TEST(Table, IsNeverWiderThanItMayBe) {
  Table table({{"A", text::Align::left, Table::Give::yes},
               {"NUMBER", text::Align::right},
               {"B", text::Align::left, Table::Give::yes}});
  table.add({{std::string(200, 'a')}, {"12"}, {"世界世界世界世界世界世界世界世界世界世界世界"}});
  table.add({{"short"}, {"1"}, {"b"}});
  for (const int width : {40, 61, 80, 300}) {
    std::istringstream lines(table.draw({width, false, false, true}));
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(text::display_width(line), static_cast<std::size_t>(width)) << line;
  }
}

TEST(Table, LeavesOutColumnsThatAreEmpty) {
  Table table({{"A"}, {"NOTHING"}, {"B"}});
  table.add({{"1"}, {""}, {"2"}});
  EXPECT_EQ(table.draw({80, false, false, true}), "A  B\n1  2\n");
}

TEST(Table, AlignsCellsWhateverTheirColour) {
  Table table({{"A"}, {"B"}});
  table.add({{"x", Tone::bad}, {"1"}});
  table.add({{"xx"}, {"2"}});
  EXPECT_EQ(table.draw({80, false, true, true}),
            "\x1b[2mA\x1b[0m   \x1b[2mB\x1b[0m\n\x1b[31mx\x1b[0m   1\nxx  2\n");
}

}  // namespace
}  // namespace fleet::terminal
