#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fleet::model {

// What models read and wrote, as their providers count: every token stands in exactly one of these.
struct Tokens {
  std::uint64_t input = 0;         // read, and not from a cache
  std::uint64_t cached_input = 0;  // read from the provider's cache
  std::uint64_t cache_writes = 0;  // read, and put into it
  std::uint64_t output = 0;        // written, reasoning included

  [[nodiscard]] std::uint64_t read() const { return input + cached_input + cache_writes; }
  Tokens& operator+=(const Tokens& other) {
    input += other.input;
    cached_input += other.cached_input;
    cache_writes += other.cache_writes;
    output += other.output;
    return *this;
  }
  bool operator==(const Tokens&) const = default;
};

// What was asked of models, and what it costs.
struct Cost {
  std::optional<Tokens> tokens;  // none: nobody counted them
  std::optional<double> usd;     // none: unknown, which is not free
  bool operator==(const Cost&) const = default;
};

// Several together. What is unknown of one makes the whole a lower bound.
struct TotalCost {
  Tokens tokens;
  double usd = 0;
  std::uint32_t without_tokens = 0;  // how many of them
  std::uint32_t without_usd = 0;

  void add(const Cost& cost) {
    if (cost.tokens) tokens += *cost.tokens;
    if (cost.usd) usd += *cost.usd;
    without_tokens += cost.tokens ? 0 : 1;
    without_usd += cost.usd ? 0 : 1;
  }
};

// For people: `$1.25`, and `$0.0042` where cents say nothing.
[[nodiscard]] std::string describe_usd(double usd);

}  // namespace fleet::model
