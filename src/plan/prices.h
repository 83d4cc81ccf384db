#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/price.h"
#include "model/workflow.h"

namespace fleet::plan {

// What providers publish of a model.
struct ListedModel {
  std::optional<std::uint64_t> context;  // tokens that it can hold, its answer included
  std::optional<int> max_output;         // tokens of an answer
  std::optional<model::Price> price;     // on that day
};
// Of the provider that such an agent asks, by prices.json. The model's name may end in a date (`-20251101`,
// `-2025-08-07`). All is empty where it is in no list.
[[nodiscard]] ListedModel listed_model(model::AgentKind kind, std::string_view model, TimePoint when);

// Fills in what the workflow does not say and a list does. Not where the agent has a `url`: who serves a
// model says what it costs and can.
void fill_in_listed(model::SingleAgent& agent, TimePoint when);

// Why limits.cost cannot hold for an agent of a plan; none: it holds.
struct Unbounded {
  std::string why;
  std::string hint;
};
[[nodiscard]] std::optional<Unbounded> unbounded(const model::SingleAgent& agent);

}  // namespace fleet::plan
