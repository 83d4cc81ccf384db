#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sim/life.h"

namespace fleet::engine::tests {

// A failure that somebody can read: of a life that fails, the one with the fewest tasks and the shortest
// journal that still does, by the same check: by another one it would be another bug's.
class Shrink {
 public:
  // `told`: how the life fails with all its tasks.
  Shrink(std::uint64_t seed, const Life& failing, const Life::Told& told)
      : seed_(seed), failing_(failing), check_(told.problem.check), most_(told.length) {}

  [[nodiscard]] Life smallest() {
    Life best = failing_;
    std::set<int> without;
    const int tasks = static_cast<int>(random_script(seed_).tasks.size());
    for (bool smaller = true; smaller;) {
      smaller = false;
      for (int task = tasks; task-- > 0;) {
        if (without.count(task) > 0) continue;
        std::set<int> fewer = without;
        fewer.insert(task);
        const std::optional<Life> found = shortest(fewer);
        if (!found) continue;
        best = *found;
        without = std::move(fewer);
        smaller = true;
      }
    }
    return shortest(without).value_or(best);
  }

 private:
  // Of the same kind, with these tasks left out; where it has a place, at whichever. None: none fails so with
  // a journal that is no longer than it was with all tasks.
  [[nodiscard]] std::optional<Life> shortest(const std::set<int>& without) const {
    std::optional<Life> best;
    std::size_t best_length = most_ + 1;
    const auto try_out = [&](Life life) {
      const Life::Told told = life.live(false);
      const bool fails_so = !told.problem.empty() && told.problem.check == check_;
      if (!fails_so || told.length >= best_length) return;
      best = std::move(life);
      best_length = told.length;
    };
    if (!failing_.has_place()) {
      try_out(Life(seed_, without, failing_.name()));
      return best;
    }
    const std::size_t length = Life(seed_, without, "calm").live(false).length;
    for (std::size_t at = 1; at <= length; ++at)
      try_out(Life(seed_, without, fmt::format("{}@{}", failing_.kind(), at)));
    return best;
  }

  const std::uint64_t seed_;
  const Life& failing_;
  const Check check_;
  const std::size_t most_;  // inputs that its journal may have
};

}  // namespace fleet::engine::tests
