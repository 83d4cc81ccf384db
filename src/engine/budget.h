#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "engine/input.h"

namespace fleet::engine {

// What a run may spend on models and what it has spent. Before a call its worst case is reserved; after it,
// what it cost is booked instead. A call whose end nobody knows is booked as it was reserved, so that what is
// booked is never less than what the provider charges. Sums are whole nano-dollars, and so exact. One thread.
class Budget {
 public:
  // USD; none: there is no bound.
  void set_cap(std::optional<double> usd);

  // A call wants to be made, and may cost this much: it waits until it is granted. The attempt's call before
  // it has ended.
  void request(const Call& call, double most);
  // Grants what fits, in the order in which it was asked for. A smaller call does not overtake a larger one,
  // which could wait for ever.
  [[nodiscard]] std::vector<Call> grant();
  // The call that is next, and can never be made: it does not fit, and nothing is reserved that could be
  // settled for less. None: there is none.
  struct Exhausted {
    Call call;
    double most = 0;  // USD
  };
  [[nodiscard]] std::optional<Exhausted> exhausted() const;
  // All that wait, who then wait no longer.
  [[nodiscard]] std::vector<Call> give_up();

  // An attempt that is told to end makes no more calls.
  void withdraw(Serial serial);

  // What a call has cost; one that still waits is not made. Nothing where it is not the attempt's open one.
  void settle(const Call& call, double usd);
  // The attempt has ended: its open call is booked as it was reserved. `usd`: what it says that it cost in
  // all, of which what is not booked yet is.
  void close(Serial serial, std::optional<double> usd);
  // The process that made the calls is gone, and with it what they cost.
  void close_all();

  [[nodiscard]] double booked() const { return to_usd(booked_); }  // USD
  // What is booked and what is reserved together: no more than the cap, but for what providers charge above
  // the worst case.
  [[nodiscard]] double committed() const { return to_usd(booked_ + reserved_); }

 private:
  using Nanos = std::int64_t;
  struct Attempt {
    std::optional<std::uint32_t> open;  // the number of its granted call
    Nanos reserved = 0;                 // for that
    Nanos booked = 0;                   // for those before
  };
  struct Waiting {
    Call call;
    Nanos most = 0;
  };
  [[nodiscard]] static double to_usd(Nanos nanos) { return static_cast<double>(nanos) / 1e9; }
  [[nodiscard]] bool fits(Nanos most) const;
  void close_call(Attempt& attempt, Nanos cost);
  void book(Nanos cost);

  std::optional<Nanos> cap_;
  Nanos booked_ = 0;
  Nanos reserved_ = 0;
  std::map<Serial, Attempt> attempts_;
  std::vector<Waiting> waiting_;
};

}  // namespace fleet::engine
