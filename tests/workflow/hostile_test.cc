#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

#include "workflow/diagnostic_text.h"
#include "workflow/reader.h"

namespace fleet::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string said(std::string source) {
  const Reading reading = read("flow.yml", std::move(source));
  EXPECT_FALSE(reading.good());
  return diagnostic_text(reading.diagnostics, reading.workflow.source);
}

TEST(HostileWorkflow, IsRefusedWhenItIsNoWorkflowAtAll) {
  EXPECT_THAT(said(""), HasSubstr("the workflow is empty"));
  EXPECT_THAT(said(std::string(50 << 20, 'x')), HasSubstr("at most 8 MiB"));
  EXPECT_THAT(said(std::string("version: 1\0", 11)), HasSubstr("NUL"));
  EXPECT_THAT(said("version: \xff\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(said("tasks:\n\ta: {run: make}\n"), HasSubstr("a tab cannot indent"));
  EXPECT_THAT(said("a: &a [*a]\n"), HasSubstr("stands inside the value"));
  EXPECT_THAT(said(std::string(100'000, '[')), HasSubstr("error"));
}

TEST(HostileWorkflow, ReadsTenThousandTasks) {
  std::string source = "version: 1\ntasks:\n";
  for (int i = 0; i < 10'000; ++i)
    source += fmt::format("  task-{}: {{run: make {}, needs: [{}], writes: ['src/{}/**']}}\n", i, i,
                          i > 0 ? fmt::format("task-{}", i / 2) : "", i);
  const Reading reading = read("flow.yml", source);
  EXPECT_TRUE(reading.good());
  EXPECT_THAT(reading.workflow.tasks, SizeIs(10'000));
}

TEST(HostileWorkflow, BoundsHowManyTasksMatricesMake) {
  std::string axis;
  for (int i = 0; i < 256; ++i)
    axis += fmt::format("{}, ", i);
  std::string source = "version: 1\ntasks:\n";
  for (int i = 0; i < 400; ++i)
    source += fmt::format("  t{}: {{run: make, matrix: {{a: [{}]}}}}\n", i, axis);
  EXPECT_THAT(said(source), HasSubstr("more than 100000 tasks"));

  std::string axes;
  for (int i = 0; i < 20; ++i)
    axes += fmt::format("a{}: [{}], ", i, axis);  // 2^160 cells
  EXPECT_THAT(said(fmt::format("version: 1\ntasks: {{t: {{run: make, matrix: {{{}}}}}}}\n", axes)),
              HasSubstr("more than 256 tasks"));
  std::string many;
  for (int i = 0; i < 21; ++i)
    many += fmt::format("a{}: [1], ", i);
  EXPECT_THAT(said(fmt::format("version: 1\ntasks: {{t: {{run: make, matrix: {{{}}}}}}}\n", many)),
              HasSubstr("more than 20 axes"));
}

TEST(HostileWorkflow, ShowsTheFirstThousandErrors) {
  std::string source = "version: 1\ntasks:\n  a:\n    run: make\n    needs:\n";
  for (int i = 0; i < 5'000; ++i)
    source += fmt::format("      - no-such-{}\n", i);
  const Reading reading = read("flow.yml", source);
  EXPECT_THAT(reading.diagnostics, SizeIs(kMostDiagnostics + 1));
  EXPECT_THAT(reading.diagnostics.back().message, HasSubstr("there are more errors"));
}

TEST(HostileWorkflow, SurvivesALongChainOfAgents) {
  std::string source = "version: 1\ntasks: {a: {run: make}}\nagents:\n  a0: {use: codex}\n";
  for (int i = 1; i < 50'000; ++i)
    source += fmt::format("  a{}: {{first-of: [a{}]}}\n", i, i - 1);
  EXPECT_TRUE(read("flow.yml", source).good());
  source += "  z: {first-of: [z]}\n";
  EXPECT_THAT(said(source), HasSubstr("z -> z"));
}

TEST(HostileWorkflow, BoundsHowDeepVariablesNeedEachOther) {
  const auto chain = [](int length, bool from_the_end) {
    std::string lines;
    for (int i = 1; i < length; ++i) {
      std::string line = fmt::format("      V{}: ${{{{ env.V{} }}}}${{{{ env.V0 }}}}\n", i, i - 1);
      lines = from_the_end ? line + lines : lines + line;
    }
    return "version: 1\ntasks:\n  a:\n    run: make\n    env:\n      V0: ${{ run.id }}\n" + lines;
  };
  for (const bool from_the_end : {false, true}) {
    EXPECT_TRUE(read("flow.yml", chain(100, from_the_end)).good());
    EXPECT_THAT(said(chain(101, from_the_end)), HasSubstr("more than 100 variables need each other"));
    EXPECT_THAT(said(chain(20'000, from_the_end)), HasSubstr("more than 100 variables need each other"));
  }
}

TEST(HostileWorkflow, NeverShowsAKeyThatWasPasted) {
  const std::string key = "sk-FAKE4fakeFAKE4fakeFAKE4fake";
  const std::string odd = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY";
  const std::string tasks = "tasks: {a: {run: make}}\n";
  for (const std::string& source : {
           "version: 1\nagents: {a: {use: xai, model: m, key: " + key + "}}\n" + tasks,
           "version: 1\nagents: {a: {use: xai, model: m, key: " + odd + "}}\n" + tasks,
           "version: 1\nagents: {a: {use: xai, model: m, api-key: " + key + "}}\n" + tasks,
           "version: 1\nagents: {a: {use: xai, model: m, key: \"" + key + "\", typo: x}}\n" + tasks,
           "version: 1\nenv: {KEY: " + key + "}\n" + tasks,
           "version: 1\ntasks: {a: {run: make, secrets: [" + key + "]}}\n",
           "version: 1\ntasks: {a: {run: make, needs: [" + key + "]}}\n",
           "version: 1\ntasks: {a: {run: make, " + key + ": x}}\n",
           "version: 1\ntasks: {" + key + "_: {run: make}, a: {}}\n",
           "version: 1\ntasks: {a: {run: 'curl -H \"Key: " + key + "\"', timeout: never}}\n",
           "version: 1\ntasks: {a: {timeout: never, run: \"x " + std::string(200, ' ') + key + "\"}}\n",
           "version: 1\nkey: " + key + ": x\n",
       }) {
    const std::string text = said(source);
    EXPECT_THAT(text, Not(HasSubstr(key.substr(0, 12)))) << source;
    EXPECT_THAT(text, Not(HasSubstr(key.substr(12)))) << source;
    EXPECT_THAT(text, Not(HasSubstr(odd.substr(8)))) << source;
  }
}

TEST(HostileWorkflow, CannotReachThroughATaskIdOrPath) {
  for (const char* id : {"../x", "a/b", ".", "..", "-x", "a b", "a\\tb", "x.lock", "", "ä"}) {
    EXPECT_THAT(said(fmt::format("version: 1\ntasks: {{\"{}\": {{run: make}}}}\n", id)),
                HasSubstr("cannot name a task"));
  }
  for (const char* path :
       {"../x", "a/../../b", "/etc/passwd", "~/x", "a//b", "./a", "a/./b", ".git/config", "a/.git"}) {
    EXPECT_THAT(said(fmt::format("version: 1\ntasks: {{t: {{run: make, expect: ['{}']}}}}\n", path)),
                HasSubstr("cannot be used as a path"))
        << path;
  }
}

}  // namespace
}  // namespace fleet::workflow
