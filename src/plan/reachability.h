#pragma once

#include <cstdint>
#include <vector>

#include "model/plan.h"

namespace fleet::plan {

// Which of a graph's tasks stand on which, for many sources at once: one bit per source runs through the
// graph in plan order, 512 sources a pass, a pass costing O((V + E) * 8) words.
class Reachability {
 public:
  static constexpr std::uint32_t kSources = 512;

  // The graph's indices must be in topological order. It must outlive this.
  explicit Reachability(const model::Graph& graph);

  // At most kSources; replaces those before.
  void set_sources(const std::vector<TaskIndex>& sources);
  // Whether `task` needs, directly or through others, the source at this place in the list.
  [[nodiscard]] bool reaches(std::uint32_t source, TaskIndex task) const {
    return (bits_[task.value * kWords + source / 64] >> (source % 64) & 1) != 0;
  }

 private:
  static constexpr std::uint32_t kWords = kSources / 64;
  const model::Graph& graph_;
  std::vector<std::uint64_t> bits_;  // kWords for each task
};

}  // namespace fleet::plan
