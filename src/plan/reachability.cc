#include "plan/reachability.h"

#include <algorithm>

#include "base/assert.h"

namespace fleet::plan {

Reachability::Reachability(const model::Graph& graph) : graph_(graph), bits_(graph.size() * kWords) {}

void Reachability::set_sources(const std::vector<TaskIndex>& sources) {
  FLEET_ASSERT(sources.size() <= kSources, "too many sources for one pass");
  std::fill(bits_.begin(), bits_.end(), 0);
  for (std::uint32_t i = 0; i < sources.size(); ++i)
    bits_[sources[i].value * kWords + i / 64] |= std::uint64_t{1} << (i % 64);
  for (std::uint32_t task = 0; task < graph_.size(); ++task) {
    std::uint64_t* row = &bits_[task * kWords];
    for (const TaskIndex need : graph_.needs({task})) {
      const std::uint64_t* from = &bits_[need.value * kWords];
      for (std::uint32_t word = 0; word < kWords; ++word)
        row[word] |= from[word];
    }
  }
}

}  // namespace fleet::plan
