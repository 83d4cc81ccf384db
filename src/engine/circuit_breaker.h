#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "model/plan.h"

namespace fleet::engine {

// Whom agents ask. Those of the same kind, at the same address and with the same key ask one provider, and
// share its limits. When one of them is told that it cannot serve for now, all leave it alone (its circuit is
// open) until it said to come again, or, where it did not say, for a while that grows. Then one attempt tries
// (half-open), and when that is served, all may (closed). M. Nygard, "Release It!", 2007. One thread.
class CircuitBreaker {
 public:
  using Provider = std::uint32_t;

  explicit CircuitBreaker(const model::Plan& plan);

  [[nodiscard]] std::size_t providers() const { return circuits_.size(); }
  [[nodiscard]] Provider provider_of(const std::string& agent) const { return of_agent_.at(agent); }
  [[nodiscard]] bool is_open(Provider provider) const { return circuits_[provider].state == State::open; }
  // How many attempts may ask it at once.
  [[nodiscard]] int places(Provider provider) const;

  // An attempt that asked it has ended. Until when it is left alone, where that is news.
  std::optional<TimePoint> record(Provider provider, const model::Outcome& outcome, TimePoint now);
  // Those that are open and whose time has come: they are half-open now.
  std::vector<Provider> half_open(TimePoint now);
  // Another process goes on, whose clock may be behind: no wait is longer for it. When those that are open
  // will be half-open.
  std::vector<TimePoint> go_on(TimePoint now);

 private:
  enum class State { closed, open, half_open };
  struct Circuit {
    State state = State::closed;
    int failures = 0;  // one after the other
    Duration wait{};
    TimePoint until{};  // of an open one
  };
  std::map<std::string, Provider, std::less<>> of_agent_;
  std::vector<Circuit> circuits_;
};

// How long a provider said to wait, within an hour.
[[nodiscard]] Duration told_to_wait(const model::Outcome& outcome);

}  // namespace fleet::engine
