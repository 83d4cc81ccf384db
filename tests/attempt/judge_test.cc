#include "attempt/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fleet::attempt {
namespace {

using model::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

model::TaskSpec command_task() {
  model::TaskSpec task;
  task.work = model::Command{std::string("true"), {}};
  return task;
}
model::TaskSpec codemod_task() {
  model::TaskSpec task;
  task.work = model::Codemod{};
  return task;
}
Facts worked(std::vector<std::string> paths) {
  Facts facts;
  facts.said = agents::Finish{};
  for (std::string& path : paths)
    facts.changes.push_back({std::move(path), {}, {}});
  return facts;
}

TEST(Judge, ACommandThatChangesNothingIsDone) {
  EXPECT_EQ(judge(command_task(), worked({})).verdict, Verdict::done);
}

TEST(Judge, ACodemodThatChangesNothingIsNoChange) {
  EXPECT_EQ(judge(codemod_task(), worked({})).verdict, Verdict::no_change);
  EXPECT_EQ(judge(codemod_task(), worked({"a.ts"})).verdict, Verdict::done);
}

TEST(Judge, AnAgentGoesOnFromItsWorkButNotFromWhatMustNotBeThere) {
  model::TaskSpec task;
  task.work = model::Prompt{"coder", "do it", {}};
  EXPECT_TRUE(can_go_on(task, worked({"src/a.ts"})));
  EXPECT_FALSE(can_go_on(task, worked({}))) << "there is nothing to go on from";
  EXPECT_FALSE(can_go_on(command_task(), worked({"src/a.ts"})));
  Facts secret = worked({"src/a.ts"});
  secret.secrets = {"a key in src/a.ts"};
  EXPECT_FALSE(can_go_on(task, secret));
  task.writes = std::vector<model::Text>{{"docs/**", {}}};
  EXPECT_FALSE(can_go_on(task, worked({"docs/a.md", "src/a.ts"})));
  EXPECT_TRUE(can_go_on(task, worked({"docs/a.md"})));
}

TEST(Judge, ATaskWithExpectMustChangeSomething) {
  model::TaskSpec task = command_task();
  task.expect = {{"out", {}}};
  EXPECT_EQ(judge(task, worked({})).verdict, Verdict::no_change);
  EXPECT_EQ(judge(task, worked({"out"})).verdict, Verdict::done);
}

TEST(Judge, AnExpectedPathThatIsMissingFails) {
  model::TaskSpec task = command_task();
  task.expect = {{"out", {}}};
  Facts facts = worked({"other"});
  facts.missing = {"out"};
  EXPECT_EQ(judge(task, facts).verdict, Verdict::failed);
  EXPECT_THAT(judge(task, facts).reason, HasSubstr("out"));
}

TEST(Judge, AChangeOutsideOfWritesFailsAndNamesThePath) {
  model::TaskSpec task = command_task();
  task.writes = {{{"src/**", {}}}};
  EXPECT_EQ(judge(task, worked({"src/a"})).verdict, Verdict::done);
  const Judgement judgement = judge(task, worked({"src/a", "README"}));
  EXPECT_EQ(judgement.verdict, Verdict::failed);
  EXPECT_THAT(judgement.reason, HasSubstr("README"));
  EXPECT_THAT(*outside_of_writes(task, worked({"src/a", "README"}).changes), ElementsAre("README"));
}

TEST(Judge, EmptyWritesAllowNothingAndAbsentOnesEverything) {
  model::TaskSpec task = command_task();
  EXPECT_EQ(judge(task, worked({"anything"})).verdict, Verdict::done);
  task.writes = std::vector<model::Text>{};
  EXPECT_EQ(judge(task, worked({"anything"})).verdict, Verdict::failed);
}

TEST(Judge, TheAgentsWordOnlyMakesItWorse) {
  Facts facts = worked({"a"});
  facts.said->verdict = Verdict::blocked;
  facts.said->reason = "I need a key";
  EXPECT_EQ(judge(command_task(), facts).verdict, Verdict::blocked);
  EXPECT_EQ(judge(command_task(), facts).reason, "I need a key");
}

TEST(Judge, AFailedCheckFailsAndItsOutputIsTheFeedback) {
  Facts facts = worked({"a"});
  facts.failed_check = "the check `make` ended with exit 2";
  facts.check_output = "undefined reference";
  EXPECT_EQ(judge(command_task(), facts).verdict, Verdict::failed);
  EXPECT_THAT(judge(command_task(), facts).feedback, HasSubstr("undefined reference"));
}

TEST(Judge, AMissingOutputFails) {
  Facts facts = worked({"a"});
  facts.missing_outputs = {"version"};
  EXPECT_EQ(judge(command_task(), facts).verdict, Verdict::failed);
}

TEST(Judge, WhatStoppedItFromOutsideIsTheVerdict) {
  Facts facts = worked({"a"});
  facts.stopped = Verdict::timed_out;
  facts.time_limit = std::chrono::minutes(10);
  EXPECT_EQ(judge(command_task(), facts).verdict, Verdict::timed_out);
  EXPECT_THAT(judge(command_task(), facts).reason, HasSubstr("10m"));
  facts.stopped = Verdict::interrupted;
  EXPECT_EQ(judge(command_task(), facts).verdict, Verdict::interrupted);
}

TEST(Judge, NamesOfPathsCannotWriteOnTheTerminal) {
  model::TaskSpec task = command_task();
  task.writes = std::vector<model::Text>{};
  EXPECT_EQ(judge(task, worked({"a\x1b[2J"})).reason.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace fleet::attempt
