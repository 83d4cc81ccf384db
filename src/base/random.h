#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fleet::base {

// Mixes all bits of a number (the finaliser of SplitMix64, Steele et al. 2014): a stream of numbers from a
// seed and a counter, the same on every machine, so that what is drawn can be drawn again by a replay.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

// FNV-1a, for seeds and tables; not for anything an adversary may choose.
[[nodiscard]] constexpr std::uint64_t hash(std::string_view text, std::uint64_t seed = 0xcbf29ce484222325u) {
  for (const char c : text)
    seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return seed;
}

// Uniform in [0, 1).
[[nodiscard]] constexpr double unit_interval(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

// What nobody can guess, in lower-case digits: from the system's source of randomness, four bits a digit. Any
// thread.
[[nodiscard]] std::string random_hex(std::size_t digits);

}  // namespace fleet::base
