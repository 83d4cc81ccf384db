#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace fleet::text {

// Calls visit(n) for each bit n that is set in words[0 .. count), from the lowest up, also for those ahead
// that visit itself sets. Says whether there was any.
template <class Words, class Visit>
bool for_each_bit(const Words& words, std::size_t count, Visit visit) {
  bool any = false;
  for (std::size_t word = 0; word < count; ++word) {
    std::uint64_t done = 0;
    while (const std::uint64_t open = words[word] & ~done) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(open));
      done |= std::uint64_t{1} << bit;
      any = true;
      visit(word * 64 + bit);
    }
  }
  return any;
}

template <class Words>
void set_bit(Words& words, std::size_t bit) {
  words[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

template <class Words>
[[nodiscard]] bool has_bit(const Words& words, std::size_t bit) {
  return (words[bit / 64] >> (bit % 64) & 1) != 0;
}

}  // namespace fleet::text
