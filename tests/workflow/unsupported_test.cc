#include "workflow/unsupported.h"

#include <gmock/gmock.h>

#include <string>

#include "workflow/reader.h"

namespace fleet::workflow {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

model::Diagnostics of(const std::string& source) {
  const Reading reading = read("w.yml", "version: 1\n" + source);
  EXPECT_TRUE(reading.good());
  return unsupported(reading.workflow);
}

auto says(model::Location at, const char* what) {
  return AllOf(Field(&model::Diagnostic::at, at), Field(&model::Diagnostic::message, HasSubstr(what)));
}

const std::string kTasks = "tasks: {a: {run: make}}\n";

TEST(Unsupported, IsNothingThatThisBuildHonours) {
  EXPECT_THAT(of(kTasks), IsEmpty());
  EXPECT_THAT(
      of("limits: {parallel: 2, duration: 1h, cost: 5, stop-when-failed: 10%, ask-when-failed: {at: 5%}}\n"
         "conflicts: {strategy: queue}\ndeliver: none\nreport: {comment: off, formats: [json, "
         "markdown, html]}\n" +
         kTasks),
      IsEmpty());
  for (const char* use : {"claude-code", "codex", "gemini-cli", "grok", "opencode", "aider", "anthropic",
                          "openai", "openai-responses", "xai", "mistral", "gemini"}) {
    EXPECT_THAT(of("agents: {a: {first-of: [b]}, b: {use: " + std::string(use) +
                   ", model: m}}\ntasks: {t: {agent: a, prompt: x}}\n"),
                IsEmpty());
  }
}

TEST(Unsupported, IsNoAgentThatNoTaskUses) {
  EXPECT_THAT(of("agents: {a: {use: plugin, command: [x]}, b: {choose-from: [a], by: learned}}\n" + kTasks),
              IsEmpty());
  EXPECT_THAT(of("gate: {score: 80}\n" + kTasks), IsEmpty());
}

// It is told together with what is wrong, and must add nothing to an agent that was not understood.
TEST(Unsupported, IsNoAgentOfWhichItIsNotKnownWhatItUses) {
  for (const char* agent : {"{use: claud-code}", "{model: m}", "nobody", "{use: codex, first-of: [b]}"}) {
    const Reading reading = read(
        "w.yml", "version: 1\nagents: {a: " + std::string(agent) + "}\ntasks: {t: {agent: a, prompt: x}}\n");
    EXPECT_FALSE(reading.good());
    EXPECT_THAT(unsupported(reading.workflow), IsEmpty()) << agent;
  }
}

TEST(Unsupported, IsEachThingThatWouldSilentlyNotBind) {
  const std::string kTask = "tasks:\n  t: {agent: a, prompt: x}\n";
  EXPECT_THAT(
      of("agents: {a: {first-of: [b, c]}, b: {use: codex}, c: {choose-from: [b], by: learned}}\n" + kTask),
      ElementsAre(says({2, 50}, "`by: learned`")))
      << "a chain must not silently lack a link";
  EXPECT_THAT(of("agents: {a: {choose-from: [b], by: learned}, b: {use: codex}}\n" + kTask),
              ElementsAre(says({2, 10}, "`by: learned`")));
  for (const char* strategy : {"agent", "adaptive"}) {
    EXPECT_THAT(of("conflicts: {strategy: " + std::string(strategy) + "}\n" + kTasks),
                ElementsAre(says({2, 23}, "conflict strategy")));
  }
}

}  // namespace
}  // namespace fleet::workflow
