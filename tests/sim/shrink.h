#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sim/life.h"

namespace fleet::engine::tests {

// A failure that somebody can read: of a life that fails, the one with the fewest tasks and the shortest
// journal that still does.
class Shrink {
 public:
  explicit Shrink(std::uint64_t seed) : seed_(seed) {}

  [[nodiscard]] Life smallest(const Life& failing) {
    Life best = failing;
    std::set<int> without;
    const int tasks = static_cast<int>(random_script(seed_).tasks.size());
    for (bool smaller = true; smaller;) {
      smaller = false;
      for (int task = tasks; task-- > 0;) {
        if (without.count(task) > 0) continue;
        std::set<int> fewer = without;
        fewer.insert(task);
        const std::optional<Life> found = shortest(failing, fewer);
        if (!found) continue;
        best = *found;
        without = std::move(fewer);
        smaller = true;
      }
    }
    return shortest(failing, without).value_or(best);
  }

 private:
  // Of the same kind, with these tasks left out; where it has a place, at whichever. None: none fails.
  [[nodiscard]] std::optional<Life> shortest(const Life& failing, const std::set<int>& without) const {
    if (!failing.has_place()) {
      Life same(seed_, without, failing.name());
      if (same.live(false).problem.empty()) return std::nullopt;
      return same;
    }
    const std::size_t length = Life(seed_, without, "calm").live(false).length;
    std::optional<Life> best;
    std::size_t best_length = 0;
    for (std::size_t at = 1; at <= length; ++at) {
      Life life(seed_, without, fmt::format("{}@{}", failing.kind(), at));
      const Life::Told told = life.live(false);
      if (told.problem.empty() || (best && told.length >= best_length)) continue;
      best = std::move(life);
      best_length = told.length;
    }
    return best;
  }

  std::uint64_t seed_;
};

}  // namespace fleet::engine::tests
