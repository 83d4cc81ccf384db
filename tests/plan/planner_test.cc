#include "plan/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/name.h"
#include "plan/make_workflow.h"

namespace fleet::plan {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

std::vector<std::string> ids(const model::Plan& plan) {
  std::vector<std::string> out;
  for (const model::PlannedTask& task : plan.tasks)
    out.push_back(task.id);
  return out;
}

std::vector<std::string> needs(const model::Plan& plan, std::string_view id) {
  std::vector<std::string> out;
  for (const TaskIndex need : plan.graph.needs(*plan.find(id)))
    out.push_back(plan.task(need).id);
  return out;
}

std::vector<std::string> values(const std::vector<model::Text>& texts) {
  std::vector<std::string> out;
  for (const model::Text& text : texts)
    out.push_back(text.value);
  return out;
}

TEST(Planner, OrdersByNeedsThenPriorityThenTheFile) {
  auto workflow =
      make_workflow({make_task("late", {"setup"}), make_task("setup"), make_task("plain"), make_task("hot")});
  workflow.tasks[3].priority = model::Priority::critical;
  const Planning planning = make(workflow, {});
  EXPECT_THAT(planning.diagnostics, IsEmpty());
  EXPECT_THAT(ids(planning.plan), ElementsAre("hot", "setup", "late", "plain"));
  EXPECT_EQ(planning.plan.levels, 2u);
}

TEST(Planner, ShowsACycleAsItsPathAtOneOfItsNeeds) {
  const auto workflow =
      make_workflow({make_task("free", {}, 1), make_task("a", {"free", "b"}, 2), make_task("b", {"c"}, 3),
                     make_task("c", {"a"}, 4), make_task("after", {"c"}, 5)});
  const Planning planning = make(workflow, {});
  ASSERT_THAT(planning.diagnostics, SizeIs(1));
  const model::Diagnostic& found = planning.diagnostics[0];
  EXPECT_EQ(found.message, "these tasks wait for each other: a -> b -> c -> a");
  EXPECT_EQ(found.at, (model::Location{2, 20}));
  EXPECT_EQ(found.path, "workflow.yml");
}

TEST(Planner, ShowsEveryIndependentCycleInTheFilesOrder) {
  const auto workflow =
      make_workflow({make_task("c", {"d"}, 1), make_task("d", {"c"}, 2), make_task("x", {"x"}, 3),
                     make_task("a", {"b"}, 4), make_task("b", {"a"}, 5)});
  const Planning planning = make(workflow, {});
  EXPECT_THAT(planning.diagnostics,
              ElementsAre(Field(&model::Diagnostic::message, HasSubstr("c -> d -> c")),
                          Field(&model::Diagnostic::message, HasSubstr("a -> b -> a"))));
}

TEST(Planner, ShortensALongCycleInTheMiddle) {
  std::vector<model::WorkflowTask> tasks;
  for (int i = 0; i < 500; ++i)
    tasks.push_back(make_task("t" + std::to_string(i), {"t" + std::to_string((i + 1) % 500)}, i + 1));
  const Planning planning = make(make_workflow(std::move(tasks)), {});
  ASSERT_THAT(planning.diagnostics, SizeIs(1));
  EXPECT_THAT(planning.diagnostics[0].message,
              AllOf(HasSubstr("t5 -> (488 more) -> t494 ->"), SizeIs(testing::Lt(200u))));
}

TEST(Planner, LeavesANeedThatNamesNoTaskToTheReader) {
  const Planning planning = make(make_workflow({make_task("a", {"nothing"})}), {});
  EXPECT_THAT(planning.diagnostics, IsEmpty());
  EXPECT_THAT(needs(planning.plan, "a"), IsEmpty());
}

TEST(Planner, MakesOneTaskForEachCellOfAMatrix) {
  auto workflow =
      make_workflow({make_task("setup"), make_task("test", {"setup"}), make_task("all", {"test"})});
  workflow.tasks[1].matrix = {{"package", {"core", "viewer"}}, {"node", {"18", "20.1"}}};
  const Planning planning = make(workflow, {});
  EXPECT_THAT(planning.diagnostics, IsEmpty());
  EXPECT_THAT(ids(planning.plan), ElementsAre("setup", "test.core-18", "test.core-20-1", "test.viewer-18",
                                              "test.viewer-20-1", "all"));
  EXPECT_EQ(planning.plan.tasks[2].title, "test (core, 20.1)");
  EXPECT_EQ(planning.plan.tasks[2].matrix.at("node"), "20.1");
  EXPECT_THAT(needs(planning.plan, "test.viewer-18"), ElementsAre("setup"));
  EXPECT_THAT(needs(planning.plan, "all"), SizeIs(4));
}

TEST(Planner, GivesCellsIdsThatAreUniqueAndValidInRefs) {
  auto workflow = make_workflow({make_task("m")});
  workflow.tasks[0].matrix = {
      {"v",
       {"a/b", "a b", "A-B", "..", "", "lock", "x.lock", "-", "\xff\xfe", std::string(500, 'y'), "\n", "ü"}}};
  const Planning planning = make(workflow, {});
  ASSERT_THAT(planning.plan.tasks, SizeIs(12));
  std::set<std::string> seen;
  for (const std::string& id : ids(planning.plan)) {
    EXPECT_TRUE(model::is_safe_name(id)) << id;
    EXPECT_TRUE(seen.insert(id).second) << id;
  }
  EXPECT_EQ(planning.plan.tasks[0].id, "m.a-b");
  EXPECT_EQ(planning.plan.tasks[1].id, "m.a-b-2");
  EXPECT_EQ(planning.plan.tasks[2].id, "m.A-B-3");
}

TEST(Planner, TreatsAMatrixPastItsBoundAsOneTask) {
  auto workflow = make_workflow({make_task("m")});
  const std::vector<std::string> many(1000, "v");
  workflow.tasks[0].matrix = {{"a", many}, {"b", many}, {"c", many}, {"d", many},
                              {"e", many}, {"f", many}, {"g", many}};
  EXPECT_THAT(ids(make(workflow, {}).plan), ElementsAre("m"));
}

TEST(Planner, RefusesMatricesThatMultiplyToTooManyNeeds) {
  std::vector<model::WorkflowTask> tasks;
  const std::vector<std::string> many(kMaxCells, "v");
  for (int i = 0; i < 12; ++i) {
    tasks.push_back(make_task("t" + std::to_string(i)));
    if (i > 0) tasks.back().needs = texts({"t" + std::to_string(i - 1)});
    tasks.back().matrix = {{"a", many}};
  }
  EXPECT_THAT(make(make_workflow(std::move(tasks)), {}).diagnostics,
              ElementsAre(Field(&model::Diagnostic::message, HasSubstr("multiply"))));
}

TEST(Planner, PutsMatrixInputsAndEnvIntoNamesGlobsAndPaths) {
  auto workflow = make_workflow({make_task("t")});
  workflow.inputs = {{"target", "", std::nullopt, {}}};
  workflow.env = {{"ROOT", "packages/${{ inputs.target }}"}};
  model::WorkflowTask& task = workflow.tasks[0];
  task.name = "build ${{ matrix.p }}";
  task.matrix = {{"p", {"core"}}};
  task.reads = texts({"${{ env.ROOT }}/**"});
  task.writes = texts({"${{ env.OUT }}/*.js", "!${{ matrix.p }}.tmp"});
  task.expect = texts({"dist/${{ matrix.p }}.js"});
  task.keep = texts({"cache-${{ matrix.p }}"});
  task.env = {{"OUT", "dist/${{ matrix.p }}"}, {"LATER", "${{ needs.x.outputs.y }}"}};
  PlanOptions options;
  options.inputs = {{"target", "web"}};
  const Planning planning = make(workflow, options);
  EXPECT_THAT(planning.diagnostics, IsEmpty());
  const model::PlannedTask& planned = planning.plan.tasks[0];
  EXPECT_EQ(planned.title, "build core");
  EXPECT_THAT(values(planned.spec.reads), ElementsAre("packages/web/**"));
  EXPECT_THAT(values(*planned.spec.writes), ElementsAre("dist/core/*.js", "!core.tmp"));
  EXPECT_THAT(values(planned.spec.expect), ElementsAre("dist/core.js"));
  EXPECT_THAT(values(planned.spec.keep), ElementsAre("cache-core"));
  EXPECT_EQ(planned.spec.env.at("LATER"), "${{ needs.x.outputs.y }}");
}

TEST(Planner, SaysNotAgainWhatTheReaderReports) {
  auto workflow = make_workflow({make_task("t", {"t", "nothing"})});
  workflow.tasks[0].env = {{"LATER", "${{ run.id }}"}};
  workflow.tasks[0].writes =
      texts({"dist/${{ needs.build.outputs.name }}", "${{ broken", "[a", "a/${{ env.LATER }}"});
  EXPECT_THAT(make(workflow, {}).diagnostics, IsEmpty());
}

TEST(Planner, SaysOnceWhatIsWrongWithAllCellsOfAMatrix) {
  auto workflow = make_workflow({make_task("t")});
  workflow.tasks[0].matrix = {{"x", {"a", "b", "c"}}};
  workflow.tasks[0].name = "${{ format('{7}') }}";
  workflow.tasks[0].expect = texts({"../${{ matrix.x }}"});
  EXPECT_THAT(make(workflow, {}).diagnostics, SizeIs(1 + 3));
}

TEST(Planner, SaysWhenAValueLeadsOutOfTheRepository) {
  auto workflow = make_workflow({make_task("t")});
  workflow.tasks[0].matrix = {{"p", {"..", "good/"}}};
  workflow.tasks[0].expect = texts({"${{ matrix.p }}"});
  workflow.tasks[0].keep = texts({"x/${{ matrix.p }}"});
  EXPECT_THAT(make(workflow, {}).diagnostics,
              ElementsAre(Field(&model::Diagnostic::message, HasSubstr("becomes `..`, which is no path")),
                          Field(&model::Diagnostic::message, HasSubstr("becomes `x/..`, which is no path"))));
}

TEST(Planner, SaysWhenAValueMakesAGlobThatIsNone) {
  auto workflow = make_workflow({make_task("t")});
  workflow.tasks[0].matrix = {{"p", {"[a", "../.."}}};
  workflow.tasks[0].writes = texts({"x/${{ matrix.p }}"});
  EXPECT_THAT(
      make(workflow, {}).diagnostics,
      ElementsAre(Field(&model::Diagnostic::message, HasSubstr("becomes `x/[a`, which is not a glob")),
                  Field(&model::Diagnostic::message, HasSubstr("becomes `x/../..`"))));
}

TEST(Planner, AsksForInputsWithNoValueAndRefusesUnknownOnes) {
  auto workflow = make_workflow({});
  workflow.inputs = {{"version", "", std::nullopt, {3, 5}},
                     {"channel", "", "stable", {4, 5}},
                     {"who", "who is greeted\nand how\n", std::nullopt, {5, 5}}};
  PlanOptions options;
  options.inputs = {{"versoin", "2"}};
  const Planning planning = make(workflow, options);
  ASSERT_THAT(planning.diagnostics, SizeIs(3));
  EXPECT_EQ(planning.diagnostics[0].message, "--input: there is no input `versoin`");
  EXPECT_EQ(planning.diagnostics[0].suggestion, "did you mean `version`?");
  EXPECT_EQ(planning.diagnostics[1].message, "the input `version` has no value");
  EXPECT_EQ(planning.diagnostics[2].message, "the input `who` has no value: who is greeted");
  EXPECT_EQ(planning.plan.inputs.at("channel"), "stable");
}

TEST(Planner, TakesEachSettingFromTheStrongestWhoGaveIt) {
  auto workflow = make_workflow({make_task("a"), make_task("b")});
  workflow.limits.parallel = 3;
  workflow.limits.duration = 1h;
  workflow.limits.stop_when_failed = 0.3;
  workflow.defaults.timeout = 10min;
  workflow.defaults.retry = model::Retry{3, {5s}, 1s, 2, 60s, model::Jitter::full};
  workflow.env = {{"A", "workflow"}, {"C", "workflow"}};
  workflow.defaults.env = {{"A", "default"}, {"B", "default"}};
  workflow.tasks[1].timeout = 20min;
  workflow.tasks[1].env = {{"B", "own"}};
  PlanOptions options;
  options.cores = 16;
  options.environment.parallel = 5;
  options.environment.duration = 2h;
  options.command_line.parallel = 7;
  const model::Plan plan = make(workflow, options).plan;
  EXPECT_EQ(plan.settings.parallel.value, 7);
  EXPECT_EQ(plan.settings.parallel.origin, model::Origin::command_line);
  EXPECT_EQ(plan.settings.duration.value, 2h);
  EXPECT_EQ(plan.settings.duration.origin, model::Origin::environment);
  EXPECT_EQ(plan.settings.stop_when_failed.origin, model::Origin::workflow);
  EXPECT_EQ(plan.settings.conflicts.origin, model::Origin::built_in);
  EXPECT_EQ(plan.settings.grace.value, 10s);
  EXPECT_EQ(plan.tasks[0].timeout.value, 10min);
  EXPECT_EQ(plan.tasks[1].timeout.value, 20min);
  EXPECT_EQ(plan.tasks[0].spec.retry->times, 3);
  EXPECT_THAT(plan.tasks[0].spec.retry->delays, ElementsAre(5s));
  // A task's own stand above these when it starts, and may use them.
  EXPECT_THAT(plan.env, ElementsAre(Pair("A", "default"), Pair("B", "default"), Pair("C", "workflow")));
  EXPECT_THAT(plan.tasks[1].spec.env, ElementsAre(Pair("B", "own")));
}

TEST(Planner, HasDefaultsForAllThatNobodyGave) {
  PlanOptions options;
  options.cores = 4;
  const model::Plan plan = make(make_workflow({make_task("a")}), options).plan;
  EXPECT_EQ(plan.settings.parallel.value, 4);
  EXPECT_EQ(plan.tasks[0].timeout.value, kDefaultTimeout);
  EXPECT_EQ(plan.tasks[0].retries.value, 0);
  EXPECT_EQ(plan.tasks[0].spec.timeout, kDefaultTimeout);
  EXPECT_EQ(plan.tasks[0].spec.retry->times, 0);
}

TEST(Planner, ForecastsWithHistoryAndTakesTheMedianWhereThereIsNone) {
  const auto workflow = make_workflow(
      {make_task("a"), make_task("b", {"a"}), make_task("c", {"a"}), make_task("d", {"b", "c"})});
  PlanOptions options;
  options.cores = 2;
  options.history = [](std::string_view id) -> std::optional<Duration> {
    if (id == "a") return 2s;
    if (id == "b") return 10s;
    if (id == "d") return 4s;
    return std::nullopt;
  };
  const model::Plan plan = make(workflow, options).plan;
  EXPECT_EQ(plan.forecast.unit, 4s);
  EXPECT_EQ(plan.forecast.from_history, 3u);
  EXPECT_EQ(plan.forecast.critical_path, 16s);
  EXPECT_EQ(plan.forecast.duration, 16s);
  EXPECT_EQ(plan.tasks[2].slack, 6s);
  EXPECT_TRUE(plan.tasks[1].critical);
  EXPECT_FALSE(plan.tasks[2].critical);
}

TEST(Planner, PromisesNoDurationWithoutHistory) {
  const model::Plan plan = make(make_workflow({make_task("a")}), {}).plan;
  EXPECT_EQ(plan.forecast.duration, std::nullopt);
  EXPECT_EQ(plan.forecast.unit, 1s);
}

TEST(Planner, SeesWhichTasksRunAfterAFailure) {
  auto workflow = make_workflow({make_task("a"), make_task("b"), make_task("c"), make_task("d")});
  workflow.tasks[0].condition = {"always()", {}};
  workflow.tasks[1].condition = {"inputs.x == 'always()'", {}};
  workflow.tasks[2].condition = {"success() || Failure()", {}};
  workflow.tasks[3].condition = {"success() || changed('a')", {}};
  const model::Plan plan = make(workflow, {}).plan;
  EXPECT_TRUE(plan.tasks[0].runs_after_failure);
  EXPECT_FALSE(plan.tasks[1].runs_after_failure);
  EXPECT_TRUE(plan.tasks[2].runs_after_failure);
  EXPECT_TRUE(plan.tasks[3].runs_after_failure);  // as in GitHub Actions
}

TEST(Planner, PlansNothing) {
  const Planning planning = make(model::Workflow{}, {});
  EXPECT_THAT(planning.diagnostics, IsEmpty());
  EXPECT_EQ(planning.plan.levels, 0u);
}

}  // namespace
}  // namespace fleet::plan
