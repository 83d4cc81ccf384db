#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "model/cost.h"

namespace fleet::model {

// USD per million tokens, by the classes of Tokens.
struct Rates {
  double input = 0;
  double output = 0;
  double cached_input = 0;
  double cache_writes = 0;
  bool operator==(const Rates&) const = default;

  [[nodiscard]] double usd(const Tokens& tokens) const {
    return (static_cast<double>(tokens.input) * input + static_cast<double>(tokens.output) * output +
            static_cast<double>(tokens.cached_input) * cached_input +
            static_cast<double>(tokens.cache_writes) * cache_writes) /
           1e6;
  }
  // What a token that is read costs at most, whatever becomes of it.
  [[nodiscard]] double dearest_read() const { return std::max({input, cached_input, cache_writes}); }
};

// What a request that reads more than so many tokens costs, all of it, also those below.
struct LongRates {
  std::uint64_t above = 0;
  Rates rates;
  bool operator==(const LongRates&) const = default;
};

// What a provider charges for a model.
struct Price {
  Rates rates;
  std::optional<LongRates> when_long;
  bool operator==(const Price&) const = default;

  // Of one request.
  [[nodiscard]] double usd(const Tokens& tokens) const {
    return when_long && tokens.read() > when_long->above ? when_long->rates.usd(tokens) : rates.usd(tokens);
  }
  // Of a request that reads and writes no more than this: never less than usd() of it.
  [[nodiscard]] double most(std::uint64_t read, std::uint64_t written) const {
    const auto at = [&](const Rates& each) {
      return (static_cast<double>(read) * each.dearest_read() + static_cast<double>(written) * each.output) /
             1e6;
    };
    return when_long && read > when_long->above ? std::max(at(rates), at(when_long->rates)) : at(rates);
  }
  // Of several requests together, where nobody knows how they were shared out: none where that matters.
  [[nodiscard]] std::optional<double> usd_of_sum(const Tokens& tokens) const {
    if (when_long && tokens.read() > when_long->above) return std::nullopt;
    return rates.usd(tokens);
  }
};

}  // namespace fleet::model
