#include "agents/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fleet::agents {
namespace {

using ::testing::ElementsAre;

Result<std::string> shout(std::string_view text) {
  return std::string(text) + "!";
}

TEST(CommandLine, RunsPlainWordsWithoutAShell) {
  EXPECT_THAT(to_argv("npm ci --no-audit\n"), ElementsAre("npm", "ci", "--no-audit"));
}

TEST(CommandLine, GivesTheShellWhatOnlyAShellUnderstands) {
  EXPECT_THAT(to_argv("echo $HOME > file"), ElementsAre("/bin/sh", "-e", "-c", "echo $HOME > file"));
  EXPECT_THAT(to_argv("first\nsecond\n"), ElementsAre("/bin/sh", "-e", "-c", "first\nsecond"));
  EXPECT_THAT(to_argv("exit 3"), ElementsAre("/bin/sh", "-e", "-c", "exit 3"));
}

TEST(CommandLine, ReplacesExpressionsInAnArgvAndNeverInALine) {
  const model::Command line{std::string("printer a"), {}};
  const model::Command argv{std::vector<std::string>{"printer", "a"}, {}};
  EXPECT_THAT(ready(line, shout)->argv, ElementsAre("printer", "a"));
  EXPECT_THAT(ready(argv, shout)->argv, ElementsAre("printer!", "a!"));
  EXPECT_EQ(ready(argv, shout)->shown, "printer! a!");
}

TEST(CommandLine, AnExpressionThatCannotBeEvaluatedIsAnError) {
  const auto refuse = [](std::string_view) -> Result<std::string> {
    return base::fail_input("evaluate", "x", "no");
  };
  const model::Command argv{std::vector<std::string>{"echo"}, {}};
  EXPECT_FALSE(ready(argv, refuse));
}

}  // namespace
}  // namespace fleet::agents
