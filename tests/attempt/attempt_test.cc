#include "attempt/attempt.h"

#include <filesystem>
#include <iterator>

#include "attempt/attempt_fixture.h"

namespace fleet::attempt::tests {
namespace {

using engine::tests::PlanOf;
using model::Verdict;

PlanOf plan_of_one() {
  PlanOf plan;
  return plan.task("a");
}

TEST_F(AttemptTest, TakesOverWhatAnEarlierRunCameTo) {
  set_up(plan_of_one());
  const ObjectId earlier = commit_of("2\n");
  kept_from_earlier({0}, earlier);
  begin({});
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::done) << end.reason;
  EXPECT_EQ(end.paths, std::vector<std::string>{"a"});
  EXPECT_EQ(git::must(objects().tree_of(end.snapshot)), git::must(objects().tree_of(earlier)));
  EXPECT_TRUE(end.programs.empty());
}

TEST_F(AttemptTest, DoesTheWorkAnewWhenTheEarlierResultIsGone) {
  set_up(plan_of_one());
  kept_from_earlier({0}, git::id_of(std::string(40, 'e')));
  begin({});
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::done) << end.reason;
  EXPECT_EQ(end.programs.size(), 1);
  ASSERT_EQ(notes_.size(), 1);
  EXPECT_EQ(notes_[0].find("a runs again: it could not be kept from the run earlier: "), 0) << notes_[0];
}

// Its rollback would undo what the earlier run has finished.
class StoppedTakeOver : public AttemptTest, public ::testing::WithParamInterface<bool> {};

TEST_P(StoppedTakeOver, RollsNothingBack) {
  set_up(plan_of_one().rollback().once());
  kept_from_earlier({0}, commit_of("2\n"));
  engine::StartAttempt start;
  start.only_kept = GetParam();
  when_it_waits_for_a_worker([this] { attempt_->stop(Verdict::interrupted, false); });
  begin(start);
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::interrupted);
  EXPECT_TRUE(end.programs.empty());
  EXPECT_TRUE(end.notes.empty()) << end.notes[0];
  EXPECT_FALSE(end.rollback_due);
}

INSTANTIATE_TEST_SUITE_P(OnlyKept, StoppedTakeOver, ::testing::Bool());

TEST_F(AttemptTest, ThatMayOnlyTakeOverIsBlockedWhereThereIsNothing) {
  set_up(plan_of_one().rollback().once());
  services_->kept.why_not["a"] = "its definition has changed";
  engine::StartAttempt start;
  start.only_kept = true;
  begin(start);
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::blocked);
  EXPECT_EQ(end.reason, "its definition has changed");
  EXPECT_TRUE(end.programs.empty());
  EXPECT_FALSE(end.rollback_due);
}

TEST_F(AttemptTest, StoppedBeforeItsWorkStartsNoProgramButTheRollback) {
  set_up(plan_of_one().rollback());
  when_it_waits_for_a_worker([this] { attempt_->stop(Verdict::cancelled, false); });
  begin({});
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::cancelled);
  ASSERT_EQ(end.programs.size(), 1);
  EXPECT_EQ(end.programs[0].command, "echo undone");
}

TEST_F(AttemptTest, StoppedInAHurryLeavesItsRollbackDue) {
  set_up(plan_of_one().rollback());
  when_it_waits_for_a_worker([this] { attempt_->stop(Verdict::interrupted, true); });
  begin({});
  const model::Outcome end = outcome();
  EXPECT_EQ(end.verdict, Verdict::interrupted);
  EXPECT_TRUE(end.programs.empty());
  EXPECT_TRUE(end.rollback_due);
}

// Here the sandbox cannot be made, which comes after the temporary folder was taken.
TEST_F(AttemptTest, ThatCannotBePreparedGivesItsTemporaryFolderBack) {
  set_up(plan_of_one());
  model::SandboxSpec sandbox;
  sandbox.write = {"/not/there"};
  plan_.tasks[0].spec.sandbox = sandbox;
  begin({});
  EXPECT_EQ(outcome().verdict, Verdict::failed);
  static_cast<void>(git::must(services_->temporary_folders.take()));
  const std::filesystem::directory_iterator folders(folder_ / "temporary");
  EXPECT_EQ(std::distance(folders, std::filesystem::directory_iterator()), 1)
      << "the next attempt was given another one";
}

}  // namespace
}  // namespace fleet::attempt::tests
