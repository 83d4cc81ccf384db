#include "attempt/result_key.h"

#include <gtest/gtest.h>

#include <functional>

namespace fleet::attempt {
namespace {

using model::TaskState;

// build -> pack -> ship, each a matrix of nothing.
class ResultKey : public ::testing::Test {
 protected:
  ResultKey() {
    const char* ids[] = {"build", "pack", "ship"};
    for (const char* id : ids) {
      model::PlannedTask& task = plan_.tasks.emplace_back();
      task.id = task.title = task.spec.id = id;
      task.spec.work = model::Command{std::string("make ") + id, {}};
      task.spec.writes = {model::Text{"out/**", {3, 4}}};
    }
    plan_.graph = model::Graph({{}, {{0}}, {{1}}});
    needs_ = {{{1}, TaskState::done, {{"version", "1"}}}};
    tree_.bytes[3] = 7;
  }
  std::string key() const { return result_key(plan_, Keepers(plan_), {2}, tree_, needs_); }
  // Whether `change` to the plan gives the last task another key. Takes the change back.
  bool matters(const std::function<void(model::Plan&)>& change) {
    const std::string before = key();
    const model::Plan saved = plan_;
    change(plan_);
    const bool other = key() != before;
    plan_ = saved;
    return other;
  }

  model::Plan plan_;
  std::vector<engine::NeedResult> needs_;
  ObjectId tree_;
};

TEST_F(ResultKey, IsAHashOfFortyDigits) {
  EXPECT_EQ(key().size(), 40);
  EXPECT_EQ(key().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(key(), key());
}

TEST_F(ResultKey, ChangesWithWhatTheTaskDoesSeesAndOwes) {
  const auto spec = [](model::Plan& plan) -> model::TaskSpec& { return plan.tasks[2].spec; };
  EXPECT_TRUE(matters([&](auto& plan) { spec(plan).work = model::Command{"make all", {}}; }));
  EXPECT_TRUE(matters([&](auto& plan) {
    spec(plan).work = model::Command{std::vector<std::string>{"make", "ship"}, {}};
  })) << "no shell sees a list";
  EXPECT_TRUE(matters([&](auto& plan) { spec(plan).writes.reset(); }));
  EXPECT_TRUE(matters([&](auto& plan) { spec(plan).expect = {model::Text{"out/a", {}}}; }));
  EXPECT_TRUE(matters([&](auto& plan) { spec(plan).checks = {model::Command{"test", {}}}; }));
  EXPECT_TRUE(matters([&](auto& plan) { spec(plan).env["LEVEL"] = "2"; }));
  EXPECT_TRUE(matters([&](auto& plan) { spec(plan).secrets = {model::Text{"TOKEN", {}}}; }));
  EXPECT_TRUE(matters([&](auto& plan) { spec(plan).sandbox = model::SandboxSpec{}; }));
  EXPECT_TRUE(matters([&](auto& plan) { spec(plan).outputs = {"size"}; }));
  EXPECT_TRUE(matters([&](auto& plan) { plan.tasks[2].matrix["os"] = "linux"; }));
  EXPECT_TRUE(matters([&](auto& plan) { plan.env["CI"] = "1"; }));
  EXPECT_TRUE(matters([&](auto& plan) { plan.inputs["level"] = "1"; }));
}

TEST_F(ResultKey, StaysTheSameWhenOnlyNamesPlacesAndLimitsChange) {
  EXPECT_FALSE(matters([](auto& plan) {
    model::PlannedTask& task = plan.tasks[2];
    task.title = "Ship it";
    task.spec.name = "Ship it";
    task.spec.description = "what for";
    task.spec.at = {90, 1};
    std::get<model::Command>(task.spec.work).at = {91, 2};
    task.spec.writes->front().at = {92, 3};
    task.spec.priority = model::Priority::high;
    task.spec.retry = model::Retry{};
    task.spec.timeout = std::chrono::seconds(5);
    task.spec.implements = {model::Text{"REQ-001", {}}};
  }));
}

TEST_F(ResultKey, ChangesWithTheIdThatProgramsSee) {
  EXPECT_TRUE(matters([](auto& plan) { plan.tasks[2].id = "ship-it"; }));
}

TEST_F(ResultKey, ThatIsAnotherIsExplained) {
  const auto why = [&](const std::function<void(model::Plan&)>& change) {
    model::Plan now = plan_;
    change(now);
    return what_changed(plan_, {2}, now, {2});
  };
  EXPECT_EQ(why([](auto& plan) {
              plan.tasks[2].spec.keep = {model::Text{"cache", {}}};
            }),
            "the files that it keeps are no part of a result");
  EXPECT_EQ(why([](auto& plan) { plan.inputs["level"] = "1"; }), "the inputs of the workflow have changed");
  EXPECT_EQ(why([](auto& plan) { plan.env["CI"] = "1"; }), "the `env` of the workflow has changed");
  EXPECT_EQ(why([](auto& plan) { plan.tasks[2].spec.env["LEVEL"] = "2"; }), "its definition has changed");
  EXPECT_EQ(why([](auto& plan) { plan.tasks[0].spec.env["LEVEL"] = "2"; }), "what it stands on has changed");
}

TEST_F(ResultKey, ChangesWithTheTreeAndTheOutputsThatItStartsFrom) {
  const std::string before = key();
  needs_[0].outputs["version"] = "2";
  EXPECT_NE(key(), before);
  needs_[0].outputs["version"] = "1";
  needs_[0].state = TaskState::failed;
  EXPECT_NE(key(), before);
  needs_[0].state = TaskState::done;
  EXPECT_EQ(key(), before);
  tree_.bytes[3] = 8;
  EXPECT_NE(key(), before);
}

TEST_F(ResultKey, DependsOnTheWorkOfOthersOnlyThroughWhatTheyLeave) {
  const auto other = [](auto& plan) { plan.tasks[0].spec.work = model::Command{"make debug", {}}; };
  EXPECT_FALSE(matters(other)) << "the tree and the outputs are the same";
  plan_.tasks[1].spec.keep = {model::Text{"cache", {}}};
  EXPECT_TRUE(matters(other)) << "what pack keeps may come from it";
}

}  // namespace
}  // namespace fleet::attempt
