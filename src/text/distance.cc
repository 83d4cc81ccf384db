#include "text/distance.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "text/ascii.h"

namespace fleet::text {

std::size_t edit_distance(std::string_view left, std::string_view right) {
  // Rows of the usual table, `current[j]` for the first i bytes of left and the first j of right.
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> previous(right.size() + 1);
  std::vector<std::size_t> current(right.size() + 1);
  std::iota(current.begin(), current.end(), std::size_t{0});
  const auto same = [](char a, char b) { return to_ascii_lower(a) == to_ascii_lower(b); };
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::swap(before, previous);
    std::swap(previous, current);
    current[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replace = previous[j - 1] + (same(left[i - 1], right[j - 1]) ? 0 : 1);
      current[j] = std::min({replace, previous[j] + 1, current[j - 1] + 1});
      const bool swapped =
          i > 1 && j > 1 && same(left[i - 1], right[j - 2]) && same(left[i - 2], right[j - 1]);
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
  }
  return current.back();
}

}  // namespace fleet::text
