#include "attempt/context.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "text/template.h"

namespace fleet::attempt {
namespace {

using model::TaskState;

class Conditions : public ::testing::Test {
 protected:
  Conditions() {
    plan_.tasks.resize(3);
    plan_.tasks[0].id = "build.core";
    plan_.tasks[0].spec.id = "build";
    plan_.tasks[1].id = "build.viewer";
    plan_.tasks[1].spec.id = "build";
    plan_.tasks[2].id = "pack";
    plan_.tasks[2].spec.id = "pack";
    plan_.env = {{"COLOUR", "red"}, {"SHAPE", "round"}};
    plan_.tasks[2].spec.env = {{"COLOUR", "blue"}};
    plan_.inputs = {{"level", "high"}};
    needs_ = {{{0}, TaskState::done, {{"version", "1"}}}, {{1}, TaskState::done, {{"size", "9"}}}};
    facts_.run = "r1";
    facts_.changed = [](const std::vector<std::string>& globs) -> Result<bool> {
      return globs.at(0) == "src/**";
    };
  }
  std::string render(std::string_view text) {
    const auto known = context(plan_, plan_.tasks[2], needs_, facts_);
    return known ? *text::Template::parse(text)->render(*known) : known.error().message();
  }
  Result<bool> holds(const std::string& condition) {
    plan_.tasks[2].spec.condition = model::Text{condition, {}};
    return condition_holds(plan_, plan_.tasks[2], needs_, facts_);
  }

  model::Plan plan_;
  std::vector<engine::NeedResult> needs_;
  RunFacts facts_;
};

TEST_F(Conditions, KnowWhatNeedsMadeOverAllCellsOfAMatrix) {
  EXPECT_EQ(render("${{ needs.build.outputs.version }}-${{ needs.build.outputs.size }}"), "1-9");
}

TEST_F(Conditions, SayHowANeedEndedInTheWordsOfGitHub) {
  const std::pair<TaskState, std::string_view> words[] = {{TaskState::done, "success"},
                                                          {TaskState::skipped, "skipped"},
                                                          {TaskState::cancelled, "cancelled"},
                                                          {TaskState::failed, "failure"}};
  for (const auto& [state, word] : words) {
    needs_[0].state = state;  // of a matrix, the worst of its cells
    EXPECT_EQ(render("${{ needs.build.result }}"), word);
    EXPECT_NE(std::find(text::kNeedResults.begin(), text::kNeedResults.end(), word),
              text::kNeedResults.end());
  }
}

TEST_F(Conditions, ATasksEnvironmentOverridesTheWorkflows) {
  EXPECT_EQ(render("${{ env.COLOUR }} ${{ env.SHAPE }} ${{ inputs.level }} ${{ run.id }}"),
            "blue round high r1");
}

TEST_F(Conditions, VariablesMayUseEachOther) {
  plan_.env = {{"LEVEL", "l-${{ inputs.level }}"}, {"RUN", "r-${{ run.id }}"}, {"PATHS", "/base"}};
  plan_.tasks[2].spec.env = {{"A", "${{ env.Z }}+${{ env.LEVEL }}"},
                             {"Z", "z-${{ needs.build.outputs.version }}"},
                             {"PATHS", "${{ env.PATHS }}:/own"},
                             {"ANY", "${{ env[format('{0}', 'Z')] }}"},
                             {"BRACES", "${{ '${{' }} no expression"}};
  EXPECT_EQ(render("${{ env.A }} ${{ env.RUN }} ${{ env.PATHS }} ${{ env.ANY }} ${{ env.BRACES }}"),
            "z-1+l-high r-r1 /base:/own z-1 ${{ no expression");
  EXPECT_TRUE(*holds("env.LEVEL == 'l-high'"));
}

TEST_F(Conditions, VariablesThatNeedEachOtherAreAnError) {
  plan_.tasks[2].spec.env = {{"Q", "${{ env.R }}"}, {"R", "${{ env.S }}"}, {"S", "${{ env.Q }}"}};
  EXPECT_EQ(render("x"), "cannot evaluate env.Q: it needs itself: Q -> R -> S -> Q");
  EXPECT_FALSE(holds("true"));
}

TEST_F(Conditions, AnswerWhatBecameOfTheNeeds) {
  EXPECT_TRUE(*holds("success()"));
  EXPECT_FALSE(*holds("failure()"));
  needs_[1].state = TaskState::failed;
  EXPECT_FALSE(*holds("success()"));
  EXPECT_TRUE(*holds("failure()"));
  EXPECT_TRUE(*holds("always()"));
}

TEST_F(Conditions, AskWhatChanged) {
  EXPECT_TRUE(*holds("changed('src/**')"));
  EXPECT_FALSE(*holds("changed('docs/**')"));
}

TEST_F(Conditions, ThatCannotBeEvaluatedAreErrors) {
  facts_.changed = [](const std::vector<std::string>&) -> Result<bool> {
    return base::fail_world("look", "x", "no");
  };
  EXPECT_FALSE(holds("changed('src/**')"));
  EXPECT_FALSE(holds("(("));
}

}  // namespace
}  // namespace fleet::attempt
