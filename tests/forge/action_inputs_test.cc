#include "forge/action_inputs.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <sstream>

#include "yaml/document.h"

namespace fleet::forge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Given = std::map<std::string, std::string, std::less<>>;

Result<ActionInputs> read(const Given& given) {
  return read_action_inputs([&](std::string_view name) -> std::optional<std::string> {
    const auto found = given.find(name);
    return found == given.end() ? std::nullopt : std::optional(found->second);
  });
}

std::vector<std::string> keys_below(std::string_view key) {
  std::ifstream stream(std::string(FLEET_SOURCE_DIR) + "/action.yml");
  std::stringstream source;
  source << stream.rdbuf();
  const std::string text = source.str();
  const auto document = yaml::Document::parse(text);
  std::vector<std::string> names;
  if (!document) return names;
  for (const yaml::Entry entry : document->root().entries()) {
    if (entry.key.text() != key) continue;
    for (const yaml::Entry one : entry.value.entries()) {
      names.emplace_back(one.key.text());
      bool is_described = false;
      for (const yaml::Entry part : one.value.entries())
        is_described |= part.key.text() == "description" && !part.value.text().empty();
      EXPECT_TRUE(is_described) << names.back();
    }
  }
  return names;
}

TEST(ActionInputs, ActionYmlHasTheSameInputsAndOutputs) {
  std::vector<std::string> inputs;
  for (const ActionInput& input : kActionInputs)
    inputs.emplace_back(input.name);
  EXPECT_THAT(keys_below("inputs"), ::testing::UnorderedElementsAreArray(inputs));
  EXPECT_THAT(keys_below("outputs"), ::testing::ElementsAreArray(kActionOutputs));
}

TEST(ActionInputs, OfAFolderToPublishAreFew) {
  const auto inputs = read({{"INPUT_PUBLISH-FROM", "out"},
                            {"INPUT_COMMENT-KEY", "k"},
                            {"INPUT_REPORT-DIR", "fleet-report"},
                            {"INPUT_RETRY-FAILED", "false"},
                            {"INPUT_WORKING-DIRECTORY", "."},
                            {"INPUT_GITHUB-TOKEN", "t"}});
  ASSERT_TRUE(inputs);
  EXPECT_THAT(inputs->words, ElementsAre("publish", "--comment-key=k", "--", "out"));
  EXPECT_EQ(inputs->token, "t");
}

TEST(ActionInputs, EmptyOnesAreNotGiven) {
  const auto inputs = read({{"INPUT_WORKFLOW", ""}, {"INPUT_MAX-COST", " \n"}, {"INPUT_RESUME-FROM", ""}});
  ASSERT_TRUE(inputs);
  EXPECT_THAT(inputs->words, ElementsAre("run"));
  EXPECT_EQ(inputs->token, "");
  EXPECT_FALSE(inputs->trusts_fork);
}

TEST(ActionInputs, BecomeWordsOfTheCommandLineWithTheFolderFirst) {
  const auto inputs = read({{"INPUT_WORKFLOW", "-odd.yml"},
                            {"INPUT_INPUTS", "a=1\r\n\n  b=x y=z  \n"},
                            {"INPUT_MAX-PARALLEL", "--4"},
                            {"INPUT_WORKING-DIRECTORY", "sub"},
                            {"INPUT_FORMATS", "json\nhtml"},
                            {"INPUT_GITHUB-TOKEN", "t"},
                            {"INPUT_TRUST-FORK", "true"}});
  ASSERT_TRUE(inputs);
  EXPECT_THAT(inputs->words, ElementsAre("run", "-Csub", "--input=a=1", "--input=b=x y=z",
                                         "--max-parallel=--4", "--formats=json,html", "--", "-odd.yml"));
  EXPECT_EQ(inputs->token, "t");
  EXPECT_TRUE(inputs->trusts_fork);
}

TEST(ActionInputs, AResumeLeavesOutWhatTheRunHasFrozen) {
  const auto inputs = read({{"INPUT_WORKFLOW", "w.yml"},
                            {"INPUT_INPUTS", "a=1"},
                            {"INPUT_RESUME-FROM", "exported"},
                            {"INPUT_RETRY-FAILED", "true"},
                            {"INPUT_MAX-COST", "5"}});
  ASSERT_TRUE(inputs);
  EXPECT_THAT(inputs->words, ElementsAre("resume", "--max-cost=5", "--from=exported", "--retry-failed"));
}

TEST(ActionInputs, OddOnesAreErrorsThatNameThem) {
  for (const Given& given : {Given{{"INPUT_TRUST-FORK", "yes"}}, Given{{"INPUT_MAX-COST", "5\n6"}},
                             Given{{"INPUT_RESUME-FROM", "e"}, {"INPUT_RETRY-FAILED", "1"}}}) {
    const auto inputs = read(given);
    ASSERT_FALSE(inputs);
    EXPECT_EQ(inputs.error().fault, base::Fault::input);
    EXPECT_THAT(inputs.error().message(), HasSubstr("cannot use the input "));
  }
}

}  // namespace
}  // namespace fleet::forge
