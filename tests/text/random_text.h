#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace fleet::text {

// Texts for tests that compare with a slow twin: the same on every machine and in every run.
class RandomText {
 public:
  explicit RandomText(std::uint64_t seed) : seed_(seed) {}

  std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>(base::mix(seed_ ^ ++count_ << 20) % bound);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string_view pick(const std::vector<std::string_view>& from) { return from[below(from.size())]; }
  // Up to `pieces` of them in a row, at least one.
  std::string several(const std::vector<std::string_view>& from, std::size_t pieces) {
    std::string text;
    for (std::size_t left = 1 + below(pieces); left > 0; --left)
      text += pick(from);
    return text;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

}  // namespace fleet::text
