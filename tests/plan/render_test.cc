#include "plan/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "model/json.h"
#include "plan/make_workflow.h"
#include "plan/planner.h"
#include "text/utf8.h"

namespace fleet::plan {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

model::Plan showroom() {
  auto workflow = make_workflow({
      make_task("setup"),
      make_task("rename", {"setup"}),
      make_task("materials", {"setup"}),
      make_task("lighting", {"setup"}),
      make_task("build", {"rename", "materials", "lighting"}),
      make_task("docs", {"setup"}),
      make_task("report", {"build", "docs"}),
  });
  workflow.name = "showroom-integration";
  workflow.path = ".fleet/workflow.yml";
  workflow.requirements = {{"REQ-001", "Materials render", {}, {}}, {"REQ-002", "Stays small", {}, {}}};
  auto& tasks = workflow.tasks;
  tasks[0].name = "Setup and validation";
  tasks[1].work = model::Codemod{};
  tasks[2].work = model::Prompt{"hybrid", "Integrate it", {}};
  tasks[2].matrix = {{"package", {"core", "viewer"}}};
  tasks[2].writes = texts({"src/${{ matrix.package }}/**", "src/index.ts"});
  tasks[2].implements = texts({"REQ-001"});
  tasks[3].work = model::Prompt{"hybrid", "Light it", {}};
  tasks[3].writes = texts({"src/*.ts"});
  tasks[3].priority = model::Priority::high;
  tasks[3].timeout = 20min;
  tasks[6].condition = {"always()", {}};
  workflow.limits.stop_when_failed = 0.3;
  PlanOptions options;
  options.cores = 4;
  options.command_line.parallel = 3;
  options.environment.duration = 1h;
  options.history = [](std::string_view id) -> std::optional<Duration> {
    if (id == "setup") return 12s;
    if (id == "rename") return 3200ms;
    if (id == "materials.core") return 80s;
    if (id == "lighting") return 45s;
    if (id == "build") return 31s;
    return std::nullopt;
  };
  Planning planning = make(workflow, options);
  EXPECT_TRUE(planning.diagnostics.empty());
  return std::move(planning.plan);
}

// Everything that could end a label, a line or a string, or order a terminal about.
model::Plan hostile() {
  const std::string evil =
      "\"]; t9 --> t0 %% <script>alert(1)</script> `x` #quot; \\N \n end\x1b[31m\x07 \u202e \xff |";
  auto workflow = make_workflow({make_task("a"), make_task("b")});
  workflow.name = evil;
  for (model::WorkflowTask& task : workflow.tasks) {
    task.name = evil;
    task.writes = texts({"x\"]\n--> t7*"});
    task.condition = {evil, {}};
  }
  return make(workflow, {}).plan;
}

TEST(RenderTree, ReadsWell) {
  expect_golden("plan/golden/tree.txt", to_tree(showroom(), {100, false, true}));
}

TEST(RenderTree, ReadsWellInAsciiOnANarrowTerminal) {
  const std::string tree = to_tree(showroom(), {60, false, false});
  for (const char c : tree)
    ASSERT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f)) << tree;
  expect_golden("plan/golden/tree_ascii.txt", tree);
}

TEST(RenderTree, StaysWithinItsWidthAndObeysNoName) {
  const model::Plan plan = hostile();
  for (const bool unicode : {true, false}) {
    const std::string tree = to_tree(plan, {80, false, unicode});
    EXPECT_THAT(tree, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07")), Not(HasSubstr("\u202e"))));
    std::istringstream lines(tree);
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(text::display_width(line), 80u) << line;
  }
}

TEST(RenderTree, OfADeepChainStaysReadable) {
  std::vector<model::WorkflowTask> tasks{make_task("t0")};
  for (int i = 1; i < 3000; ++i)
    tasks.push_back(make_task("t" + std::to_string(i), {"t" + std::to_string(i - 1)}));
  const std::string tree = to_tree(make(make_workflow(std::move(tasks)), {}).plan, {100, false, true});
  EXPECT_THAT(tree, HasSubstr("t2999"));
  std::istringstream lines(tree);
  for (std::string line; std::getline(lines, line);)
    ASSERT_LE(text::display_width(line), 100u) << line;
}

TEST(RenderTree, ShowsAnEmptyPlan) {
  EXPECT_THAT(to_tree(make(make_workflow({}), {}).plan, {}), HasSubstr("0 tasks"));
}

TEST(RenderMermaid, IsWhatItWas) {
  expect_golden("plan/golden/plan.mmd", to_mermaid(showroom()));
}

TEST(RenderMermaid, NoNameBreaksOutOfItsLabel) {
  const std::string drawn = to_mermaid(hostile());
  std::istringstream lines(drawn);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    EXPECT_THAT(line,
                testing::AnyOf("flowchart TD", testing::StartsWith("  t0[\""), testing::StartsWith("  t1[\""),
                               testing::StartsWith("  t0 -. \""), testing::StartsWith("  classDef")));
  EXPECT_EQ(count, 5);
  for (const char* sting : {"<script", "\"];", "`", "%%"})
    EXPECT_THAT(drawn, Not(HasSubstr(sting)));
}

TEST(RenderDot, IsWhatItWas) {
  expect_golden("plan/golden/plan.dot", to_dot(showroom()));
}

TEST(RenderDot, NoNameBreaksOutOfItsString) {
  const std::string drawn = to_dot(hostile());
  std::istringstream lines(drawn);
  for (std::string line; std::getline(lines, line);) {
    bool inside = false;
    std::string outside;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (inside && line[i] == '\\') {
        ++i;
      } else if (line[i] == '"') {
        inside = !inside;
      } else if (!inside) {
        outside += line[i];
      }
    }
    EXPECT_FALSE(inside) << line;
    EXPECT_THAT(outside, AllOf(Not(HasSubstr("t9")), Not(HasSubstr("script")))) << line;
  }
}

TEST(RenderJson, NamesTasksByIdAndSaysWhatItIs) {
  const model::Json json = *model::parse_json(to_json(showroom()), "the plan");
  EXPECT_EQ(json["schema"], "fleet-plan/1");
  EXPECT_EQ(json["tasks"].size(), 8u);
  EXPECT_EQ(json["tasks"][0]["id"], "setup");
  EXPECT_EQ(json["tasks"][1]["needs"], model::Json::array({"setup"}));
  EXPECT_EQ(json["conflicts"][0]["path"], "src/index.ts");
  EXPECT_TRUE(json["conflicts"][0]["first"].is_string());
  EXPECT_EQ(json["settings"]["parallel"]["origin"], "command-line");
}

TEST(RenderJson, TakesAnyBytes) {
  EXPECT_TRUE(model::parse_json(to_json(hostile()), "the plan"));
}

}  // namespace
}  // namespace fleet::plan
