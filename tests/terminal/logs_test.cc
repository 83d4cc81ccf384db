#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "golden.h"
#include "model/json.h"
#include "terminal/fake_terminal.h"
#include "terminal/json_log.h"
#include "terminal/plain_log.h"

namespace fleet::terminal {
namespace {

using model::RunEventKind;
using model::Verdict;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

model::Plan plan_of(const std::vector<std::string>& ids) {
  model::Plan plan;
  for (const std::string& id : ids) {
    plan.tasks.emplace_back();
    plan.tasks.back().id = id;
  }
  plan.settings.parallel.value = 4;
  return plan;
}

model::RunEvent event(double at, RunEventKind kind, std::optional<std::uint32_t> task = {},
                      std::string message = {}, int attempt = 0, std::optional<Verdict> verdict = {}) {
  model::RunEvent out;
  out.at = TimePoint(Duration(static_cast<std::int64_t>(at * 1e6)));
  out.kind = kind;
  if (task) out.task = TaskIndex{*task};
  out.message = std::move(message);
  out.attempt = attempt;
  out.verdict = verdict;
  return out;
}

std::vector<model::RunEvent> story() {
  std::vector<model::RunEvent> events{
      event(0, RunEventKind::run_started),
      event(0.1, RunEventKind::task_ready, 0),
      event(0.1, RunEventKind::attempt_started, 0, "", 1),
      event(12.4, RunEventKind::attempt_finished, 0, "", 1, Verdict::done),
      event(12.5, RunEventKind::task_done, 0),
      event(12.5, RunEventKind::attempt_started, 1, "", 1),
      event(12.5, RunEventKind::attempt_started, 2, "", 1),
      event(45, RunEventKind::attempt_finished, 1, "`npm test` ended with exit 1", 1, Verdict::failed),
      event(45, RunEventKind::task_backing_off, 1, "`npm test` ended with exit 1"),
      event(46, RunEventKind::attempt_started, 1, "", 2),
      event(71, RunEventKind::attempt_finished, 2, "", 1, Verdict::done),
      event(71.1, RunEventKind::conflict, 2, "materials.core and lighting both changed src/index.ts"),
      event(71.1, RunEventKind::task_withdrawn, 2,
            "its result is taken back: it conflicts with materials.core"),
      event(92.4, RunEventKind::attempt_finished, 1, "`npm test` ended with exit 1", 2, Verdict::failed),
      event(92.4, RunEventKind::task_failed, 1, "`npm test` ended with exit 1"),
      event(92.4, RunEventKind::task_skipped, 3, "materials.core failed"),
      event(92.5, RunEventKind::run_stopping, {}, "it was told to stop"),
      event(92.6, RunEventKind::task_cancelled, 2, "it was told to stop"),
      event(92.7, RunEventKind::run_finished, {}, "failed"),
  };
  events[8].until = events[8].at + std::chrono::seconds(1);
  return events;
}

OutcomeOf outcome_with(std::string output) {
  return [output = std::move(output)](TaskIndex, int) {
    model::Outcome outcome;
    outcome.output_tail = output;
    outcome.output_size = output.size() + 1000;
    outcome.log = "logs/materials.core/1.log";
    return std::optional(outcome);
  };
}

std::string logged(const std::vector<model::RunEvent>& events, const Look& look, PlainLog::Options options,
                   std::vector<std::string> ids = {"setup", "materials.core", "lighting", "publish"}) {
  FakeTerminal terminal;
  terminal.looks = look;
  const model::Plan plan = plan_of(ids);
  PlainLog log(terminal, plan, std::move(options));
  for (const model::RunEvent& each : events)
    log.handle(each);
  EXPECT_THAT(terminal.err, IsEmpty());
  return terminal.out;
}

const Look kUnicode{100, false, false, true};
const Look kAscii{100, false, false, false};

TEST(PlainLog, ReadsWell) {
  PlainLog::Options options;
  options.outcome_of = outcome_with("  12 passing\n  1 failing\n\n  AssertionError: expected 3 to equal 4\n");
  options.run = "20260922-141300-a1b2";
  expect_golden("terminal/golden/plain_log.txt", logged(story(), kUnicode, options));
}

TEST(PlainLog, IsAsciiWhereNothingElseCanBeShown) {
  const std::string out = logged(story(), kAscii, {}, {"sétup", "b", "c", "d"});
  for (const char c : out)
    ASSERT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f)) << out;
  EXPECT_THAT(out, HasSubstr("s?tup"));
}

TEST(PlainLog, SaysOfAResultThatIsTakenBackOnlyWhy) {
  const std::string taken_back = "its result is taken back: it conflicts with a";
  FakeTerminal terminal;
  const model::Plan plan = plan_of({"a", "lighting"});
  PlainLog log(terminal, plan, {});
  log.handle(event(1, RunEventKind::task_withdrawn, 1, taken_back));
  EXPECT_THAT(terminal.out, HasSubstr("lighting  " + taken_back));
}

TEST(PlainLog, GoesOnCountingWhereTheProcessBeforeItWasCutOff) {
  FakeTerminal terminal;
  const model::Plan plan = plan_of({"a", "b", "c"});
  PlainLog log(terminal, plan, {});
  for (const model::RunEvent& each :
       {event(0, RunEventKind::run_started), event(0, RunEventKind::attempt_started, 0, "", 1),
        event(1, RunEventKind::attempt_finished, 0, "", 1, Verdict::done),
        event(1, RunEventKind::task_done, 0), event(1, RunEventKind::attempt_started, 1, "", 1),
        event(6, RunEventKind::attempt_finished, 1, "it broke", 1, Verdict::failed),
        event(6, RunEventKind::attempt_started, 1, "", 2)})
    log.recall(each);
  EXPECT_THAT(terminal.out, IsEmpty());
  for (const model::RunEvent& each :
       {event(90, RunEventKind::run_resumed),
        event(90, RunEventKind::attempt_finished, 1, "cut off", 2, Verdict::interrupted),
        event(90, RunEventKind::attempt_started, 1, "", 2),
        event(97, RunEventKind::attempt_finished, 1, "", 2, Verdict::done),
        event(97, RunEventKind::task_done, 1), event(97, RunEventKind::task_skipped, 2, "its `if`"),
        event(97, RunEventKind::run_finished, {}, "finished")})
    log.handle(each);
  EXPECT_THAT(terminal.out, HasSubstr("interrupted: cut off\n")) << "nobody saw when";
  EXPECT_THAT(terminal.out, HasSubstr("b    done in 12.0s, 2 attempts  (2/3)\n"));
  EXPECT_THAT(terminal.out, HasSubstr("(3/3)\n"));
}

TEST(PlainLog, CountsAStartThatWasInterruptedOrCancelledAsNoAttemptOfItsOwn) {
  for (const Verdict verdict : {Verdict::interrupted, Verdict::cancelled}) {
    const std::string out = logged({event(0, RunEventKind::attempt_started, 0, "", 1),
                                    event(5, RunEventKind::attempt_finished, 0, "", 1, verdict),
                                    event(5, RunEventKind::attempt_started, 0, "", 1),
                                    event(8, RunEventKind::attempt_finished, 0, "", 1, Verdict::done),
                                    event(8, RunEventKind::task_done, 0)},
                                   kUnicode, {}, {"a"});
    EXPECT_THAT(out, HasSubstr("done in 3.0s  (1/1)\n"));
  }
}

TEST(PlainLog, SaysAfterHowManyAttemptsARetriedTaskFailed) {
  FakeTerminal terminal;
  const model::Plan plan = plan_of({"a"});
  PlainLog log(terminal, plan, {});
  for (const model::RunEvent& each :
       {event(0, RunEventKind::attempt_started, 0, "", 1),
        event(1, RunEventKind::attempt_finished, 0, "exit 1", 1, Verdict::failed),
        event(1, RunEventKind::task_failed, 0, "exit 1"), event(1, RunEventKind::run_finished, {}, "failed")})
    log.recall(each);
  for (const model::RunEvent& each :
       {event(2, RunEventKind::run_resumed), event(2, RunEventKind::task_withdrawn, 0, "again"),
        event(2, RunEventKind::attempt_started, 0, "", 2),
        event(3, RunEventKind::attempt_finished, 0, "exit 1", 2, Verdict::failed),
        event(3, RunEventKind::task_failed, 0, "exit 1")})
    log.handle(each);
  EXPECT_THAT(terminal.out, HasSubstr("failed for good after 2 attempts  (1/1)\n"));
}

TEST(PlainLog, HasNoCheckMarkForARunInWhichNothingWasDone) {
  const auto end = [](RunEventKind of_second) {
    return logged({event(0, RunEventKind::task_skipped, 0), event(0, of_second, 1),
                   event(1, RunEventKind::run_finished, {}, "finished")},
                  kUnicode, {}, {"a", "b"});
  };
  EXPECT_THAT(
      end(RunEventKind::task_skipped),
      AllOf(Not(HasSubstr("✓")), HasSubstr("– run  finished: nothing was done, all tasks were skipped")));
  EXPECT_THAT(end(RunEventKind::task_done), HasSubstr("✓ run  finished\n"));
}

TEST(PlainLog, SaysOnlyWhatWentWrongWhenQuiet) {
  PlainLog::Options options;
  options.quiet = true;
  const std::string out = logged(story(), kUnicode, options);
  EXPECT_THAT(out, AllOf(Not(HasSubstr("started")), Not(HasSubstr("done in")), HasSubstr("failed for good"),
                         HasSubstr("conflict:")));
}

TEST(PlainLog, PrintsNoControlCharacterOfAnybodyElse) {
  const std::string evil = "\x1b[2J\x1b]0;title\x07 \x08\r\x9b \u202e \n::error::x";
  PlainLog::Options options;
  options.outcome_of = outcome_with(evil + "\n" + evil);
  const std::string out = logged({event(0, RunEventKind::attempt_started, 0, evil, 1),
                                  event(1, RunEventKind::attempt_finished, 0, evil, 1, Verdict::failed),
                                  event(1, RunEventKind::task_failed, 0, evil)},
                                 kUnicode, options, {evil});
  for (const char c : out)
    ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= ' ') << out;
  EXPECT_THAT(out, Not(HasSubstr("\u202e")));
}

// What a runner would obey: lines that begin with `::` or hold `##[`, outside of stop-commands.
std::vector<std::string> commands(const std::string& log) {
  std::vector<std::string> found;
  std::string token;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!token.empty()) {
      if (line == "::" + token + "::") token.clear();
      continue;
    }
    if (std::regex_match(line, match, std::regex("::stop-commands::(.*)"))) {
      token = match[1];
    } else if (std::regex_search(line, match, std::regex("^\\s*::([a-z-]+)")) ||
               line.find("##[") != std::string::npos) {
      found.push_back(match.empty() ? "##[" : match[1].str());
    }
  }
  EXPECT_TRUE(token.empty()) << "commands stay stopped";
  return found;
}

TEST(PlainLog, GivesGitHubsRunnerOnlyItsOwnCommands) {
  const std::string evil = "x\n::set-output name=a::b\n##[error]y ::add-mask::z ##[group]";
  PlainLog::Options options;
  options.github_actions = options.in_ci = true;
  options.outcome_of = outcome_with(evil);
  const std::string out =
      logged({event(0, RunEventKind::attempt_started, 0, evil, 1),
              event(1, RunEventKind::attempt_finished, 0, evil, 1, Verdict::failed),
              event(1, RunEventKind::task_failed, 0, evil), event(1, RunEventKind::run_stopping, {}, evil)},
             kUnicode, options, {evil});
  EXPECT_THAT(commands(out), testing::ElementsAre("group", "endgroup"));
}

TEST(PlainLog, UsesAnotherTokenEachTimeItStopsCommands) {
  PlainLog::Options options;
  options.github_actions = options.in_ci = true;
  options.outcome_of = outcome_with("x");
  const std::vector<model::RunEvent> failure{
      event(1, RunEventKind::attempt_finished, 0, "", 1, Verdict::failed)};
  EXPECT_NE(logged(failure, kUnicode, options), logged(failure, kUnicode, options));
}

TEST(PlainLog, ShowsTheEndOfALongOutput) {
  std::string output;
  for (int i = 0; i < 5000; ++i)
    output += "line " + std::to_string(i) + "\n";
  PlainLog::Options options;
  options.outcome_of = outcome_with(output);
  const std::string out =
      logged({event(1, RunEventKind::attempt_finished, 0, "", 1, Verdict::failed)}, kUnicode, options);
  EXPECT_THAT(out, AllOf(HasSubstr("line 4999"), HasSubstr("line 4940"), Not(HasSubstr("line 4939"))));
}

TEST(JsonLog, WritesOneObjectALine) {
  FakeTerminal terminal;
  const model::Plan plan = plan_of({"setup", "\xff\n", "lighting", "publish"});
  JsonLog log(terminal, plan);
  for (const model::RunEvent& each : story())
    log.handle(each);
  std::istringstream lines(terminal.out);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto json = model::parse_json(line, "the line");
    ASSERT_TRUE(json) << line;
    EXPECT_TRUE((*json)["kind"].is_string());
  }
  EXPECT_EQ(count, story().size());
  EXPECT_THAT(terminal.out, HasSubstr("\"task_id\":\"setup\""));
}

}  // namespace
}  // namespace fleet::terminal
