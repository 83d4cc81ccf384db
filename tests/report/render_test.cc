#include "report/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "golden.h"
#include "model/json.h"
#include "report/markdown_text.h"
#include "report/sample.h"

namespace fleet::report {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kEvil =
    "`</summary></details><script>alert(1)</script> | @octocat #987 GH-7 [a](http://x.y) ![i](u) **b** _c_ "
    "$x$ \x1b[31m "
    "https://evil.example www.evil.example\n# h\n```\n--- \xff\xfe \u202e";

model::Report hostile() {
  model::Report report = sample();
  report.workflow = report.run = report.workflow_path = report.version = kEvil;
  report.delivery.branch = kEvil;
  report.notes = report.reasons = {kEvil};
  report.conflicts = {{kEvil, kEvil, {kEvil, kEvil}, kEvil}};
  for (model::RequirementReport& requirement : report.requirements) {
    requirement.requirement.text = requirement.requirement.id = kEvil;
    requirement.tasks = {kEvil};
  }
  for (model::TaskReport& task : report.tasks) {
    task.id = task.title = task.description = task.reason = kEvil;
    for (model::AttemptReport& attempt : task.attempts) {
      attempt.outcome->reason = attempt.outcome->summary = attempt.outcome->log = kEvil;
      attempt.outcome->output_tail = std::string(kEvil) + "\n`````\n</details>\n";
      attempt.outcome->programs = {{kEvil, 1, std::nullopt}};
    }
  }
  return report;
}

// What stands outside of fenced blocks and code spans, and is not escaped: where Markdown means something.
std::string live_text(const std::string& markdown) {
  std::istringstream lines(markdown);
  std::string out, fence;
  for (std::string line; std::getline(lines, line);) {
    if (!fence.empty()) {
      if (line == fence) fence.clear();
      continue;
    }
    if (line.compare(0, 3, "```") == 0) {
      fence = line.substr(0, line.find_first_not_of('`'));
      continue;
    }
    for (std::size_t i = 0; i < line.size();) {
      if (line[i] == '\\') {
        i += 2;  // what is escaped means nothing
        continue;
      }
      if (line[i] != '`') {
        out += line[i++];
        continue;
      }
      const std::size_t run = std::min(line.find_first_not_of('`', i), line.size()) - i;
      std::size_t end = i + run;
      while (true) {  // the next run of exactly as many
        end = line.find('`', end);
        if (end == std::string::npos) break;
        const std::size_t length = std::min(line.find_first_not_of('`', end), line.size()) - end;
        if (length == run) break;
        end += length;
      }
      EXPECT_NE(end, std::string::npos) << "a code span that does not end: " << line;
      i = end == std::string::npos ? line.size() : end + run;
    }
    out += "\n";
  }
  EXPECT_TRUE(fence.empty()) << "a block that does not end";
  return out;
}

TEST(Markdown, ReadsWell) {
  expect_golden("report/golden/report.md", to_markdown(sample()));
}

TEST(Markdown, OfAnEmptyRunIsWhole) {
  const std::string markdown = to_markdown({});
  EXPECT_THAT(markdown, AllOf(HasSubstr("0 of 0 tasks done"), Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
}

TEST(Markdown, LetsNothingUntrustedMeanAnything) {
  const std::string markdown = to_markdown(hostile());
  const std::string live = live_text(markdown);
  EXPECT_THAT(live,
              AllOf(Not(HasSubstr("<script")), Not(HasSubstr("@octocat")), Not(HasSubstr("#987")),
                    Not(HasSubstr("](http")), Not(HasSubstr("https://evil")), Not(HasSubstr("www.evil"))));
  EXPECT_THAT(live, AllOf(Not(HasSubstr("**b**")), Not(HasSubstr(" _c_")), Not(HasSubstr("$x$")),
                          Not(HasSubstr("GH-7"))));
  EXPECT_THAT(markdown, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\u202e"))));
  const auto count = [&live](const std::string& what) {
    std::size_t found = 0;
    for (std::size_t i = live.find(what); i != std::string::npos; i = live.find(what, i + 1))
      ++found;
    return found;
  };
  EXPECT_EQ(count("<details>"), count("</details>"));
  EXPECT_EQ(count("<summary>"), count("</summary>"));
}

TEST(Markdown, HasNoCheckMarkForARunInWhichNothingWasDone) {
  EXPECT_THAT(to_markdown(sample()), Not(HasSubstr("nothing was done")));
  EXPECT_THAT(to_markdown(void_run()),
              AllOf(HasSubstr("# ⏭️ nightly: finished: nothing was done, the only task was skipped\n"),
                    Not(HasSubstr("✅"))));
}

TEST(Markdown, SaysWhichCommandPrintsTheWholeOutput) {
  EXPECT_THAT(to_markdown(sample()),
              HasSubstr("; `fleet show " + sample().run + " build` prints all of it:"));
}

TEST(Markdown, KeepsTablesWholeWhateverStandsInThem) {
  const std::string markdown = to_markdown(hostile());
  std::istringstream lines(markdown);
  std::size_t columns = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, 2, "| ") != 0) {
      columns = 0;
      continue;
    }
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
    if (columns == 0) columns = bars;
    EXPECT_EQ(bars, columns) << line;
    EXPECT_THAT(line, EndsWith("|"));
  }
}

TEST(Markdown, StaysBelowItsLimitAndSaysWhatItLeftOut) {
  model::Report report = sample();
  const model::TaskReport failed = report.tasks[5];
  for (int i = 0; i < 3000; ++i) {
    report.tasks.push_back(failed);
    report.tasks.back().id = "extra-" + std::to_string(i);
    report.tasks.back().attempts[0].outcome->output_tail = std::string(20'000, '`');
  }
  for (const std::size_t limit : {std::size_t{64} * 1024, kMarkdownLimit}) {
    const std::string markdown = to_markdown(report, limit);
    EXPECT_LE(markdown.size(), limit);
    EXPECT_THAT(markdown, AllOf(HasSubstr("attempts are left out here"), HasSubstr("## Conflicts"),
                                HasSubstr("## Requirements")));
    live_text(markdown);
  }
  EXPECT_THAT(to_markdown(report, 64 * 1024), HasSubstr("tasks are left out here"));
}

TEST(MarkdownText, CodeSpansHoldAnyBackticks) {
  EXPECT_EQ(code_span("a", Place::paragraph), "`a`");
  EXPECT_EQ(code_span("a`b", Place::paragraph), "``a`b``");
  EXPECT_EQ(code_span("`", Place::paragraph), "`` ` ``");
  EXPECT_EQ(code_span("a|b", Place::table), "`a\\|b`");
  EXPECT_EQ(code_span("", Place::table), "");
}

TEST(MarkdownText, FencesAreLongerThanAnyRunInside) {
  EXPECT_EQ(fenced("a"), "```text\na\n```\n");
  EXPECT_EQ(fenced("````\n"), "`````text\n````\n`````\n");
}

TEST(Json, IsWhatItWas) {
  expect_golden("report/golden/report.json",
                model::parse_json(to_json(sample()), "the report")->dump(2) + "\n");
}

TEST(Json, TakesAnyBytesAndAnEmptyRun) {
  for (const model::Report& report : {hostile(), model::Report{}}) {
    const auto json = model::parse_json(to_json(report), "the report");
    ASSERT_TRUE(json) << json.error().message();
    EXPECT_EQ((*json)["schema"], "fleet-report/1");
    EXPECT_TRUE((*json)["totals"]["speed_up"].is_number());
  }
}

}  // namespace
}  // namespace fleet::report
