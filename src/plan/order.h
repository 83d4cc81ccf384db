#pragma once

#include <cstdint>
#include <vector>

#include "model/plan.h"

// Order and paths in a graph of integer ids. Nothing recurses: a chain of a million tasks is fine.
namespace fleet::plan {

// Kahn's topological order (Kahn 1962): among the tasks whose needs all stand before them, the one of the
// lowest `rank` comes next, then the lowest index. Tasks on a cycle, or behind one, are left out.
// O(E + V log V).
[[nodiscard]] std::vector<TaskIndex> topological_order(const model::Graph& graph,
                                                       const std::vector<std::uint8_t>& rank);

// One cycle for each knot of tasks that need each other (strongly connected component), the shortest in it
// (or a short one, in a graph of millions of edges). Each task needs the one after it, and the last the
// first.
[[nodiscard]] std::vector<std::vector<TaskIndex>> cycles(const model::Graph& graph);

// What is known of each task when its duration is. The graph's indices must be in topological order.
struct Paths {
  std::vector<std::uint32_t> level;  // needs on the longest chain to it
  std::vector<Duration> remaining;   // from its start to the end of all that stands on it
  std::vector<Duration> slack;       // how much later it could start without making the run longer
  Duration longest{};                // of the whole graph, with no cap
};
[[nodiscard]] Paths paths(const model::Graph& graph, const std::vector<Duration>& durations);

}  // namespace fleet::plan
