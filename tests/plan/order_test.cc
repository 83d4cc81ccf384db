#include "plan/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"

namespace fleet::plan {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

model::Graph graph(const std::vector<std::vector<std::uint32_t>>& needs) {
  std::vector<std::vector<TaskIndex>> rows;
  for (const auto& row : needs) {
    rows.emplace_back();
    for (const std::uint32_t need : row)
      rows.back().push_back({need});
  }
  return model::Graph(rows);
}

std::vector<std::uint32_t> numbers(const std::vector<TaskIndex>& tasks) {
  std::vector<std::uint32_t> out;
  for (const TaskIndex task : tasks)
    out.push_back(task.value);
  return out;
}

std::vector<std::uint32_t> order(const model::Graph& of, std::vector<std::uint8_t> rank = {}) {
  rank.resize(of.size());
  return numbers(topological_order(of, rank));
}

TEST(Order, KeepsTheOrderGivenWhereNeedsAllowIt) {
  EXPECT_THAT(order(graph({{2}, {}, {}, {0}})), ElementsAre(1, 2, 0, 3));
}

TEST(Order, PutsALowerRankFirstAmongTasksThatAreFree) {
  EXPECT_THAT(order(graph({{}, {}, {}, {2}}), {2, 2, 0, 1}), ElementsAre(2, 3, 0, 1));
}

TEST(Order, LeavesOutACycleAndAllThatStandsOnIt) {
  EXPECT_THAT(order(graph({{1}, {0}, {0}, {}})), ElementsAre(3));
}

TEST(Order, OfARandomGraphHasEveryTaskAfterItsNeeds) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<std::vector<std::uint32_t>> needs(30);
    std::vector<std::uint32_t> hidden(
        30);  // an order that the graph allows, and that its numbers do not show
    for (std::uint32_t i = 0; i < 30; ++i)
      hidden[i] = i;
    for (std::uint32_t i = 29; i > 0; --i)
      std::swap(hidden[i], hidden[base::mix(seed * 100 + i) % (i + 1)]);
    for (std::uint32_t i = 1; i < 30; ++i) {
      for (int k = 0; k < 3; ++k)
        needs[hidden[i]].push_back(
            hidden[base::mix(seed * 1000 + i * 3 + static_cast<std::uint64_t>(k)) % i]);
    }
    const model::Graph made = graph(needs);
    const auto found = order(made);
    ASSERT_THAT(found, SizeIs(30));
    std::set<std::uint32_t> before;
    for (const std::uint32_t task : found) {
      for (const TaskIndex need : made.needs({task}))
        ASSERT_TRUE(before.count(need.value)) << "seed " << seed;
      before.insert(task);
    }
    EXPECT_THAT(cycles(made), IsEmpty());
  }
}

TEST(Cycles, AreFoundOncePerKnotAndAsTheShortestWay) {
  // 0 -> 1 -> 2 -> 0 with a shortcut 2 -> 1; apart from it 3 <-> 4; 5 stands on both.
  const auto found = cycles(graph({{1}, {2}, {0, 1}, {4}, {3}, {0, 3}}));
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT(numbers(found[0]), ElementsAre(1, 2));
  EXPECT_THAT(numbers(found[1]), ElementsAre(3, 4));
}

TEST(Cycles, OfOneTaskThatNeedsItself) {
  const auto found = cycles(graph({{}, {1}}));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(numbers(found[0]), ElementsAre(1));
}

TEST(Cycles, EachTaskNeedsTheNextAndTheLastTheFirst) {
  const model::Graph ring = graph({{3}, {0}, {1}, {2}});
  const auto found = cycles(ring);
  ASSERT_THAT(found, SizeIs(1));
  for (std::size_t i = 0; i < found[0].size(); ++i) {
    const auto needs = ring.needs(found[0][i]);
    const TaskIndex next = found[0][(i + 1) % found[0].size()];
    EXPECT_TRUE(std::find(needs.begin(), needs.end(), next) != needs.end());
  }
}

TEST(Cycles, ALongChainEndsNoStack) {
  std::vector<std::vector<TaskIndex>> needs(200'000);
  for (std::uint32_t i = 1; i < needs.size(); ++i)
    needs[i].push_back({i - 1});
  needs[0].push_back({199'999});
  const auto found = cycles(model::Graph(needs));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0], SizeIs(200'000));
}

TEST(Paths, KnowTheLongestChainAndTheSlackBesideIt) {
  //  0 (1 s) -> 1 (5 s) -> 3 (1 s)
  //         \-> 2 (2 s) -/           4 (3 s) stands alone
  const auto found =
      paths(graph({{}, {0}, {0}, {1, 2}, {}}), {seconds(1), seconds(5), seconds(2), seconds(1), seconds(3)});
  EXPECT_EQ(found.longest, seconds(7));
  EXPECT_THAT(found.level, ElementsAre(0, 1, 1, 2, 0));
  EXPECT_THAT(found.remaining, ElementsAre(seconds(7), seconds(6), seconds(3), seconds(1), seconds(3)));
  EXPECT_THAT(found.slack, ElementsAre(seconds(0), seconds(0), seconds(3), seconds(0), seconds(4)));
}

TEST(Paths, OfNothingAreEmpty) {
  EXPECT_EQ(paths(model::Graph(), {}).longest, Duration{});
}

}  // namespace
}  // namespace fleet::plan
