#include "workflow/reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <string>

#include "workflow/diagnostic_text.h"

namespace fleet::workflow {
namespace {

using model::Location;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

model::Workflow good(std::string source) {
  Reading reading = read("dir/flow.yml", std::move(source));
  EXPECT_TRUE(reading.good()) << diagnostic_text(reading.diagnostics, reading.workflow.source);
  return std::move(reading.workflow);
}

model::Diagnostics bad(std::string source) {
  return read("dir/flow.yml", std::move(source)).diagnostics;
}

model::Diagnostic only(std::string source) {
  const model::Diagnostics found = bad(std::move(source));
  EXPECT_THAT(found, SizeIs(1));
  return found.empty() ? model::Diagnostic{} : found[0];
}

std::vector<std::string> values(const std::vector<model::Text>& texts) {
  std::vector<std::string> all;
  for (const model::Text& text : texts)
    all.push_back(text.value);
  return all;
}

TEST(Reader, ReadsEveryKeyOfTheFormat) {
  std::ifstream file(std::string(FLEET_SOURCE_DIR) + "/tests/workflow/corpus/good/everything.yml");
  const model::Workflow workflow = good({std::istreambuf_iterator<char>(file), {}});
  EXPECT_EQ(workflow.name, "showroom-integration");

  ASSERT_THAT(workflow.requirements, SizeIs(2));
  EXPECT_EQ(workflow.requirements[0].priority, model::Priority::high);
  EXPECT_EQ(workflow.requirements[1].id, "REQ-002");
  EXPECT_EQ(workflow.requirements[1].text, "The build stays under 2 MB");

  EXPECT_EQ(workflow.limits.parallel, 8);
  EXPECT_EQ(workflow.limits.duration, std::chrono::hours(1));
  EXPECT_EQ(workflow.limits.cost, 5.0);
  EXPECT_EQ(workflow.limits.ask_when_failed->share, 0.25);
  EXPECT_EQ(workflow.limits.ask_when_failed->otherwise, model::FailureAnswer::abort);
  EXPECT_EQ(workflow.limits.stop_when_failed, 0.3);

  ASSERT_THAT(workflow.agents, SizeIs(7));
  const auto& grok = std::get<model::SingleAgent>(workflow.agents[0].what);
  EXPECT_EQ(grok.use, model::AgentKind::xai);
  EXPECT_EQ(grok.model, "grok-4.7");
  EXPECT_EQ(grok.key, "GROK_API_KEY");
  EXPECT_EQ(workflow.agents[0].parallel, 4);
  EXPECT_EQ(std::get<model::SingleAgent>(workflow.agents[2].what).turns, 40);
  EXPECT_EQ(std::get<model::SingleAgent>(workflow.agents[3].what).url, "http://localhost:11434/v1");
  EXPECT_THAT(std::get<model::SingleAgent>(workflow.agents[4].what).command, ElementsAre("./tools/agent.py"));
  EXPECT_THAT(std::get<model::SingleAgent>(workflow.agents[4].what).can, ElementsAre("python", "docs"));
  EXPECT_THAT(values(std::get<model::FirstOf>(workflow.agents[5].what).agents),
              ElementsAre("grok", "claude"));
  EXPECT_EQ(std::get<model::ChooseFrom>(workflow.agents[6].what).by, "learned");

  EXPECT_EQ(workflow.defaults.timeout, minutes(10));
  EXPECT_EQ(workflow.defaults.retry->times, 3);
  EXPECT_EQ(workflow.defaults.retry->jitter, model::Jitter::full);

  ASSERT_THAT(workflow.tasks, SizeIs(3));
  const model::TaskSpec& setup = workflow.tasks[0];
  EXPECT_EQ(setup.id, "setup");
  EXPECT_EQ(setup.name, "Setup and validation");
  EXPECT_EQ(std::get<std::string>(std::get<model::Command>(setup.work).line), "npm ci");
  EXPECT_THAT(values(setup.keep), ElementsAre("node_modules"));
  EXPECT_EQ(setup.writes, std::nullopt);
  const auto& codemod = std::get<model::Codemod>(workflow.tasks[1].work);
  EXPECT_EQ(codemod.language, "typescript");
  EXPECT_EQ(codemod.find, "oldName($$$ARGS)");
  EXPECT_EQ(codemod.replace, "newName($$$ARGS)");
  const model::WorkflowTask& task = workflow.tasks[2];
  EXPECT_EQ(std::get<model::Prompt>(task.work).agent, "hybrid");
  EXPECT_EQ(std::get<model::Prompt>(task.work).text,
            "Integrate PhotorealisticMaterials from the showroom.\n");
  EXPECT_EQ(task.description, "shown in plans and reports");
  EXPECT_THAT(values(task.needs), ElementsAre("setup"));
  EXPECT_THAT(values(task.reads), ElementsAre("src/**"));
  EXPECT_THAT(values(*task.writes), ElementsAre("src/materials/**"));
  EXPECT_THAT(values(task.expect), ElementsAre("src/materials/index.ts"));
  ASSERT_THAT(task.checks, SizeIs(1));
  EXPECT_EQ(std::get<std::string>(task.checks[0].line), "npm run build");
  EXPECT_EQ(std::get<std::string>(task.rollback->line), "./undo-outside-effects.sh");
  EXPECT_FALSE(task.once);
  EXPECT_EQ(task.priority, model::Priority::high);
  EXPECT_EQ(task.timeout, minutes(20));
  EXPECT_EQ(task.retry->times, 5);
  EXPECT_THAT(task.env, ElementsAre(Pair("NODE_ENV", "production")));
  EXPECT_THAT(values(task.secrets), ElementsAre("NPM_TOKEN"));
  EXPECT_EQ(task.sandbox->mode, model::SandboxMode::automatic);
  EXPECT_THAT(task.sandbox->read, ElementsAre("~/.cargo"));
  EXPECT_THAT(task.sandbox->write, ElementsAre("/var/cache/npm"));
  EXPECT_TRUE(task.sandbox->network);
  EXPECT_THAT(task.outputs, ElementsAre("version"));
  EXPECT_THAT(values(task.implements), ElementsAre("REQ-001"));
  EXPECT_EQ(task.condition->value, "changed('src/**')");
  ASSERT_THAT(task.matrix, SizeIs(1));
  EXPECT_THAT(task.matrix[0], Pair("package", ElementsAre("core", "viewer")));

  EXPECT_EQ(workflow.conflicts, model::ConflictStrategy::queue);
  EXPECT_EQ(workflow.gate->new_findings, model::Severity::error);
  EXPECT_EQ(workflow.gate->complexity, 15);
  EXPECT_EQ(workflow.gate->score, 80.0);
  EXPECT_EQ(workflow.deliver, model::Delivery::branch);
  EXPECT_EQ(workflow.report.comment, model::CommentStyle::sticky);
  EXPECT_THAT(workflow.report.formats, SizeIs(5));
}

TEST(Reader, KeepsPlacesForWhatLaterStagesReport) {
  const model::Workflow workflow = good(
      "version: 1\ntasks:\n  a: {run: make}\n  b:\n    needs: [a]\n    writes:\n      - src/**\n    run: "
      "make\n"
      "deliver: none\n");
  EXPECT_EQ(workflow.tasks[1].at, (Location{4, 3}));
  EXPECT_EQ(workflow.tasks[1].needs[0].at, (Location{5, 13}));
  EXPECT_EQ(workflow.tasks[1].writes->front().at, (Location{7, 9}));
  EXPECT_EQ(workflow.deliver_at, (Location{9, 10}));
  EXPECT_EQ(workflow.conflicts_at, Location{});
}

TEST(Reader, TakesPlainScalarsAsTheyAreWritten) {
  const model::Workflow workflow =
      good("version: 1\nenv: {A: 1.10, B: true, C: 0x1F, D: ''}\ntasks:\n  a: {run: true, name: 007}\n");
  EXPECT_THAT(workflow.env,
              ElementsAre(Pair("A", "1.10"), Pair("B", "true"), Pair("C", "0x1F"), Pair("D", "")));
  EXPECT_EQ(std::get<std::string>(std::get<model::Command>(workflow.tasks[0].work).line), "true");
  EXPECT_EQ(workflow.tasks[0].name, "007");
}

TEST(Reader, LetsATaskInheritItsDefaultsKeyByKeyWhereverTheyStand) {
  const model::Workflow workflow = good(
      "version: 1\n"
      "tasks:\n"
      "  a: {run: make, retry: {times: 5}, sandbox: {network: off}}\n"
      "  b: {run: make, retry: {backoff: [1s, 2s]}, priority: high}\n"
      "  c: {run: make}\n"
      "defaults:\n"
      "  priority: low\n"
      "  retry: {times: 2, backoff: 7s, factor: 3, max: 40s, jitter: full}\n"
      "  sandbox: {mode: required, read: [/opt]}\n");
  const model::TaskSpec& a = workflow.tasks[0];
  EXPECT_EQ(a.retry->times, 5);
  EXPECT_EQ(a.retry->backoff, seconds(7));
  EXPECT_EQ(a.retry->factor, 3);
  EXPECT_EQ(a.retry->jitter, model::Jitter::full);
  EXPECT_EQ(a.sandbox->mode, model::SandboxMode::required);
  EXPECT_THAT(a.sandbox->read, ElementsAre("/opt"));
  EXPECT_FALSE(a.sandbox->network);
  EXPECT_EQ(a.priority, model::Priority::low);
  EXPECT_THAT(workflow.tasks[1].retry->delays, ElementsAre(seconds(1), seconds(2)));
  EXPECT_EQ(workflow.tasks[1].retry->times, 2);
  EXPECT_EQ(workflow.tasks[1].priority, model::Priority::high);
  EXPECT_EQ(workflow.tasks[2].retry, std::nullopt);  // plan/ applies whole defaults
  EXPECT_EQ(workflow.tasks[2].priority, model::Priority::low);
}

TEST(Reader, RetriesAsOftenAsItsListIsLong) {
  EXPECT_EQ(
      good("version: 1\ntasks: {a: {run: make, retry: {backoff: [5s, 15s, 30s]}}}\n").tasks[0].retry->times,
      3);
}

TEST(Reader, GivesRequirementsTheNextFreeId) {
  const model::Workflow workflow = good(
      "version: 1\nrequirements: [one, {id: REQ-002, text: two}, three, {id: OWN, text: four}, {text: "
      "five}]\n"
      "tasks: {a: {run: make}}\n");
  std::vector<std::string> ids;
  for (const model::Requirement& requirement : workflow.requirements)
    ids.push_back(requirement.id);
  EXPECT_THAT(ids, ElementsAre("REQ-001", "REQ-002", "REQ-003", "OWN", "REQ-004"));
}

TEST(Reader, NamesAWorkflowAfterItsFile) {
  EXPECT_EQ(good("version: 1\ntasks: {a: {run: make}}\n").name, "flow");
}

TEST(Reader, TellsWritingNothingFromWritingAnything) {
  const model::Workflow workflow = good("version: 1\ntasks: {a: {run: make, writes: []}, b: {run: make}}\n");
  EXPECT_THAT(workflow.tasks[0].writes, testing::Optional(IsEmpty()));
  EXPECT_EQ(workflow.tasks[1].writes, std::nullopt);
}

TEST(Reader, ReadsAConditionWithAndWithoutBraces) {
  for (const char* condition : {"always()", "${{ always() }}", "'${{always()}}'", ">-\n      always()"}) {
    const model::Workflow workflow =
        good(fmt::format("version: 1\ntasks:\n  a:\n    if: {}\n    run: make\n", condition));
    EXPECT_EQ(workflow.tasks[0].condition->value, "always()") << condition;
  }
}

TEST(Reader, ReadsInputs) {
  const model::Workflow workflow =
      good("version: 1\ninputs:\n  a: {description: what, default: ''}\n  b:\ntasks: {x: {run: make}}\n");
  ASSERT_THAT(workflow.inputs, SizeIs(2));
  EXPECT_EQ(workflow.inputs[0].description, "what");
  EXPECT_EQ(workflow.inputs[0].otherwise, "");
  EXPECT_EQ(workflow.inputs[1].otherwise, std::nullopt);
  EXPECT_EQ(workflow.inputs[1].at, (Location{4, 3}));
}

TEST(Reader, StopsAtASyntaxErrorWithItsPlace) {
  const model::Diagnostic found = only("version: 1\ntasks:\n  a: {run: make\n  b: {run: make}\n");
  EXPECT_EQ(found.path, "dir/flow.yml");
  EXPECT_EQ(found.at, (Location{4, 4}));
}

TEST(Reader, FindsExpressionsInBlockTextAtTheirOwnPlace) {
  const model::Diagnostics found =
      bad("version: 1\nagents: {x: {use: codex}}\ntasks:\n  a:\n    agent: x\n    prompt: |\n      One ${{ "
          "run.id }}.\n"
          "      Two ${{ inputs.nothing }}, ${{ env.NOTHING }}.\n");
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].at, (Location{8, 15}));
  EXPECT_EQ(found[0].length, 14);
  EXPECT_EQ(found[1].at, (Location{8, 38}));
}

TEST(Reader, WritesOutHowToPassExpressionsToAShell) {
  const model::Diagnostic found = only(
      "version: 1\ninputs: {dry-run: , target: }\ntasks:\n  a:\n"
      "    run: ./x ${{ inputs.target }} ${{ inputs.dry-run }} ${{ inputs.target }}\n");
  EXPECT_EQ(found.suggestion,
            "give the value to the program by its environment:\n"
            "  env:\n"
            "    TARGET: ${{ inputs.target }}\n"
            "    DRY_RUN: ${{ inputs.dry-run }}\n"
            "  run: ./x \"$TARGET\" \"$DRY_RUN\" \"$TARGET\"");
}

}  // namespace
}  // namespace fleet::workflow
