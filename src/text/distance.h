#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::text {

// How many insertions, deletions, replacements and swaps of neighbours make one word of the other, without
// regard to ASCII case (Damerau-Levenshtein, each place edited once).
[[nodiscard]] std::size_t edit_distance(std::string_view left, std::string_view right);

// How far a word may be from what was meant: a third of its length, rounded up.
[[nodiscard]] constexpr std::size_t likely_distance(std::string_view word) {
  return (word.size() + 2) / 3;
}

// For "did you mean `needs`?": the nearest candidate that is near enough, the first of equals. `candidates`
// is any range of strings.
template <class Strings>
[[nodiscard]] std::optional<std::string> suggest(std::string_view word, const Strings& candidates) {
  constexpr std::size_t kMaxLength = 100;  // nobody mistypes a name that long
  if (word.size() > kMaxLength) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = likely_distance(word) + 1;
  for (const auto& each : candidates) {
    const std::string_view candidate(each);
    if (candidate.size() > kMaxLength) continue;
    const std::size_t distance = edit_distance(word, candidate);
    // All letters replaced is another word, not a misspelt one.
    if (distance >= best_distance || distance >= candidate.size()) continue;
    best = std::string(candidate);
    best_distance = distance;
  }
  return best;
}

}  // namespace fleet::text
