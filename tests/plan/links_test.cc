#include "plan/links.h"

#include <gmock/gmock.h>

namespace fleet::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

model::Workflow workflow() {
  model::Workflow workflow;
  const auto add = [&](const char* name, auto what) {
    workflow.agents.push_back({name, std::move(what), {}, {}});
  };
  const auto texts = [](std::initializer_list<const char*> names) {
    std::vector<model::Text> list;
    for (const char* name : names)
      list.push_back({name, {}});
    return list;
  };
  add("a", model::SingleAgent{});
  add("b", model::SingleAgent{});
  add("c", model::SingleAgent{});
  add("chain", model::FirstOf{texts({"a", "b"})});
  add("outer", model::FirstOf{texts({"chain", "a", "c"})});
  workflow.agents.back().parallel = 2;
  add("best", model::ChooseFrom{texts({"a", "b", "chain"}), "record"});
  add("lost", model::FirstOf{texts({"a", "nobody"})});
  add("loop", model::FirstOf{texts({"loop"})});
  return workflow;
}

std::vector<std::string> names(const char* agent, const AgentRecords& records = {}) {
  std::vector<std::string> list;
  for (const model::AgentLink& link : links(workflow(), agent, records))
    list.push_back(link.agent);
  return list;
}

TEST(Links, OfAChainAreAllInOrderAndEachOnce) {
  EXPECT_THAT(names("b"), ElementsAre("b"));
  EXPECT_THAT(names("chain"), ElementsAre("a", "b"));
  EXPECT_THAT(names("outer"), ElementsAre("a", "b", "c"));
}

TEST(Links, CarryTheNamesWhoseCapsHold) {
  const auto all = links(workflow(), "outer", {});
  ASSERT_EQ(all.size(), 3u);
  EXPECT_THAT(all[0].named, ElementsAre("outer", "a")) << "`chain` has no cap";
  EXPECT_THAT(all[2].named, ElementsAre("outer", "c"));
}

TEST(Links, OfAChoiceAreThoseOfTheBestRecord) {
  EXPECT_THAT(names("best"), ElementsAre("a")) << "of equals the first";
  EXPECT_THAT(names("best", {{"a", {10, 5}}, {"b", {10, 9}}}), ElementsAre("b"));
  EXPECT_THAT(names("best", {{"a", {10, 1}}}), ElementsAre("b")) << "who was never tried is better than that";
  EXPECT_THAT(names("best", {{"a", {1, 1}}, {"b", {20, 19}}}), ElementsAre("b")) << "one success is little";
}

TEST(Links, OfDeepAndTangledChainsAreFoundInNoTime) {
  model::Workflow deep, tangled;
  deep.agents.push_back({"0", model::SingleAgent{}, {}, {}});
  for (int i = 1; i < 60'000; ++i)
    deep.agents.push_back({std::to_string(i), model::FirstOf{{{std::to_string(i - 1), {}}}}, {}, {}});
  EXPECT_EQ(links(deep, "59999", {}).size(), 1u);
  tangled.agents.push_back({"a0", model::SingleAgent{}, {}, {}});
  tangled.agents.push_back({"b0", model::SingleAgent{}, {}, {}});
  for (int i = 1; i < 60; ++i) {
    for (const char* side : {"a", "b"}) {
      const std::string below = std::to_string(i - 1);
      tangled.agents.push_back(
          {side + std::to_string(i), model::FirstOf{{{"a" + below, {}}, {"b" + below, {}}}}, {}, {}});
    }
  }
  EXPECT_EQ(links(tangled, "a59", {}).size(), 2u);
}

TEST(Links, AreNoneWhereTheNamesLeadNowhere) {
  EXPECT_THAT(names("nobody"), IsEmpty());
  EXPECT_THAT(names("lost"), IsEmpty());
  EXPECT_THAT(names("loop"), IsEmpty());
}

}  // namespace
}  // namespace fleet::plan
