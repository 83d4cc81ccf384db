#include "plan/conflicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "plan/make_workflow.h"
#include "plan/planner.h"
#include "text/glob.h"

namespace fleet::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

model::WorkflowTask writer(std::string id, std::vector<std::string> globs,
                           std::vector<std::string> needs = {}) {
  model::WorkflowTask task = make_task(std::move(id), std::move(needs));
  task.writes = texts(std::move(globs));
  return task;
}

model::WorkflowTask maker(std::string id, std::vector<std::string> paths,
                          std::vector<std::string> needs = {}) {
  model::WorkflowTask task = make_task(std::move(id), std::move(needs));
  task.expect = texts(std::move(paths));
  return task;
}

model::Plan planned(std::vector<model::WorkflowTask> tasks) {
  Planning planning = make(make_workflow(std::move(tasks)), {});
  EXPECT_THAT(planning.diagnostics, IsEmpty());
  return std::move(planning.plan);
}

// `a b src/x`
std::vector<std::string> conflicts(const model::Plan& plan) {
  std::vector<std::string> out;
  for (const model::ForeseenConflict& conflict : foresee_conflicts(plan).conflicts)
    out.push_back(plan.task(conflict.first).id + " " + plan.task(conflict.second).id + " " + conflict.path);
  return out;
}

TEST(Conflicts, AreSeenBetweenTasksWithNoOrderAndAPathInCommon) {
  EXPECT_THAT(
      conflicts(planned({writer("a", {"src/*.cc"}), writer("b", {"src/main.*"}), writer("c", {"docs/**"})})),
      ElementsAre("a b src/main.cc"));
}

TEST(Conflicts, AreNotSeenBetweenTasksThatNeedsOrder) {
  EXPECT_THAT(conflicts(planned({writer("a", {"src/**"}), make_task("between", {"a"}),
                                 writer("b", {"src/**"}, {"between"})})),
              IsEmpty());
}

TEST(Conflicts, ComeFromExpectedPathsWhereNothingElseIsDeclared) {
  EXPECT_THAT(conflicts(planned({maker("a", {"dist/index.js"}), maker("b", {"dist/index.js"}),
                                 writer("c", {"dist/*.js"}), maker("d", {"dist/other.css"})})),
              ElementsAre("a b dist/index.js", "a c dist/index.js", "b c dist/index.js"));
}

TEST(Conflicts, ReadAnExpectedPathLiterally) {
  EXPECT_THAT(conflicts(planned({maker("a", {"app/[slug]/page.tsx"}), maker("b", {"app/s/page.tsx"}),
                                 maker("c", {"app/[slug]/page.tsx"})})),
              ElementsAre("a c app/[slug]/page.tsx"));
}

TEST(Conflicts, SayNothingOfTasksThatDeclareNothingOrThatTheyWriteNothing) {
  EXPECT_THAT(conflicts(planned({make_task("anything"), writer("nothing", {}), writer("all", {"**"})})),
              IsEmpty());
}

TEST(Conflicts, HonourWhatAListOfGlobsTakesBack) {
  EXPECT_THAT(conflicts(planned({writer("a", {"src/**", "!src/gen/**"}), writer("b", {"src/gen/*.h"})})),
              IsEmpty());
}

TEST(Conflicts, AreInPlanOrder) {
  EXPECT_THAT(conflicts(planned({writer("a", {"/x"}), writer("b", {"/y"}), writer("c", {"/x", "/y"}),
                                 writer("d", {"/x"})})),
              ElementsAre("a c x", "a d x", "b c y", "c d x"));
}

// Against the slow and obvious way: every pair, every path of reachability.
TEST(Conflicts, AreTheSameAsComparingEveryPair) {
  const std::vector<std::string> globs{"src/**", "src/*.cc", "/src/a.cc", "*.cc",  "docs/",
                                       "a/b",    "a/b/c",    "a/*/c",     "[ab]*", "!src/a.cc"};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::uint64_t state = seed * 1'000'003;
    const auto draw = [&state](std::uint64_t bound) { return base::mix(++state) % bound; };
    std::vector<model::WorkflowTask> tasks;
    for (std::size_t i = 0; i < 14; ++i) {
      std::vector<std::string> own{globs[draw(globs.size() - 1)]}, needs;
      if (draw(2) == 0) own.push_back(globs[draw(globs.size())]);
      if (i > 0 && draw(2) == 0) needs.push_back("t" + std::to_string(draw(i)));
      tasks.push_back(writer("t" + std::to_string(i), own, needs));
    }
    const model::Plan plan = planned(tasks);
    std::vector<std::vector<bool>> stands_on(14, std::vector<bool>(14, false));
    std::vector<std::string> slow;
    for (std::uint32_t i = 0; i < 14; ++i) {
      for (const TaskIndex need : plan.graph.needs({i})) {
        stands_on[i][need.value] = true;
        for (std::uint32_t k = 0; k < 14; ++k)
          if (stands_on[need.value][k]) stands_on[i][k] = true;
      }
    }
    const auto set_of = [&plan](std::uint32_t task) {
      std::vector<std::string> own;
      for (const model::Text& glob : *plan.tasks[task].spec.writes)
        own.push_back(glob.value);
      return *text::GlobSet::parse(own);
    };
    for (std::uint32_t i = 0; i < 14; ++i) {
      for (std::uint32_t j = i + 1; j < 14; ++j) {
        const auto overlap = text::common_path(set_of(i), set_of(j), text::Reading::likely);
        if (!stands_on[j][i] && overlap.answer != text::Overlap::Answer::none)
          slow.push_back(plan.tasks[i].id + " " + plan.tasks[j].id);
      }
    }
    std::vector<std::string> fast;
    for (const model::ForeseenConflict& conflict : foresee_conflicts(plan).conflicts)
      fast.push_back(plan.task(conflict.first).id + " " + plan.task(conflict.second).id);
    EXPECT_EQ(fast, slow) << "seed " << seed;
  }
}

// Two chains; the n-th tasks of both write the same path, and all but one pair are ordered.
TEST(Conflicts, AreFoundAcrossMoreTasksThanOnePassHolds) {
  std::vector<model::WorkflowTask> tasks;
  for (int i = 0; i < 1500; ++i) {
    const std::string n = std::to_string(i), before = std::to_string(i - 1);
    std::vector<std::string> needs;
    if (i > 0) needs.push_back("a" + before);
    tasks.push_back(writer("a" + n, {"own/" + n}, needs));
    needs.clear();
    if (i > 0) needs.push_back("b" + before);
    if (i != 1300) needs.push_back("a" + n);
    tasks.push_back(writer("b" + n, {"own/" + n}, needs));
  }
  const model::Plan plan = planned(std::move(tasks));
  const Foreseen foreseen = foresee_conflicts(plan);
  EXPECT_TRUE(foreseen.complete);
  ASSERT_THAT(foreseen.conflicts, SizeIs(1));
  EXPECT_EQ(foreseen.conflicts[0].path, "own/1300");
}

TEST(Conflicts, StopAtABoundAndSaySo) {
  std::vector<model::WorkflowTask> tasks;
  for (int i = 0; i < 100; ++i)
    tasks.push_back(writer("t" + std::to_string(i), {"src/**"}));
  const Planning planning = make(make_workflow(std::move(tasks)), {});
  EXPECT_THAT(planning.plan.conflicts, SizeIs(kMaxConflicts));
  EXPECT_THAT(planning.plan.notes, SizeIs(1));
}

}  // namespace
}  // namespace fleet::plan
