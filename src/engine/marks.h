#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"

namespace fleet::engine {

// A set of tasks that is emptied in O(1), for walks over the graph that must not cost what the plan is large.
class Marks {
 public:
  explicit Marks(std::size_t size) : round_of_(size) {}

  void clear() { ++round_; }
  // False when it was there already.
  bool add(TaskIndex task) {
    if (has(task)) return false;
    round_of_[task.value] = round_;
    return true;
  }
  [[nodiscard]] bool has(TaskIndex task) const { return round_of_[task.value] == round_; }

 private:
  std::vector<std::uint64_t> round_of_;
  std::uint64_t round_ = 1;
};

}  // namespace fleet::engine
