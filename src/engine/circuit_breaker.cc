#include "engine/circuit_breaker.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace fleet::engine {
namespace {

using model::AgentFailure;
using model::Verdict;

constexpr Duration kFirstWait = std::chrono::seconds(5);
constexpr Duration kLongestWait = std::chrono::minutes(5);

// Whether it says that the provider cannot serve anybody with this key for now.
bool is_busy(const model::Outcome& outcome) {
  if (!outcome.agent->failure) return false;
  switch (*outcome.agent->failure) {
    case AgentFailure::rate_limit:
    case AgentFailure::overload:
      return true;
    case AgentFailure::quota:
      return told_to_wait(outcome) > Duration{};
    default:
      return false;
  }
}

Duration wait_after(int failures) {
  return std::min(kLongestWait, kFirstWait * (1 << std::min(failures - 1, 10)));
}

}  // namespace

Duration told_to_wait(const model::Outcome& outcome) {
  constexpr Duration kLongest = std::chrono::hours(1);
  if (!outcome.agent || !outcome.agent->retry_after) return {};
  return std::clamp(*outcome.agent->retry_after, Duration{}, kLongest);
}

CircuitBreaker::CircuitBreaker(const model::Plan& plan) {
  std::map<std::tuple<model::AgentKind, std::string, std::string>, Provider> known;
  for (const auto& [name, agent] : plan.agents) {
    const auto [found, is_new] =
        known.try_emplace({agent.use, agent.url, agent.key}, static_cast<Provider>(circuits_.size()));
    if (is_new) circuits_.emplace_back();
    of_agent_.emplace(name, found->second);
  }
}

int CircuitBreaker::places(Provider provider) const {
  switch (circuits_[provider].state) {
    case State::open:
      return 0;
    case State::half_open:
      return 1;
    case State::closed:
      break;
  }
  return std::numeric_limits<int>::max();
}

std::optional<TimePoint> CircuitBreaker::record(Provider provider, const model::Outcome& outcome,
                                                TimePoint now) {
  // What was cut off says nothing of it.
  if (!outcome.agent || outcome.verdict == Verdict::interrupted || outcome.verdict == Verdict::cancelled)
    return std::nullopt;
  Circuit& circuit = circuits_[provider];
  if (!is_busy(outcome)) {
    // What began before it was opened does not close it.
    if (circuit.state == State::open) return std::nullopt;
    circuit = {};
    return std::nullopt;
  }
  if (circuit.state != State::open) ++circuit.failures;
  const Duration told = told_to_wait(outcome);
  const Duration wait = told > Duration{} ? told : wait_after(circuit.failures);
  if (circuit.state == State::open && now + wait <= circuit.until) return std::nullopt;
  circuit.state = State::open;
  circuit.wait = wait;
  circuit.until = now + wait;
  return circuit.until;
}

std::vector<CircuitBreaker::Provider> CircuitBreaker::half_open(TimePoint now) {
  std::vector<Provider> all;
  for (Provider i = 0; i < circuits_.size(); ++i) {
    if (circuits_[i].state != State::open || circuits_[i].until > now) continue;
    circuits_[i].state = State::half_open;
    all.push_back(i);
  }
  return all;
}

std::vector<TimePoint> CircuitBreaker::go_on(TimePoint now) {
  std::vector<TimePoint> times;
  for (Circuit& circuit : circuits_) {
    if (circuit.state != State::open) continue;
    circuit.until = std::min(circuit.until, now + circuit.wait);
    times.push_back(circuit.until);
  }
  return times;
}

}  // namespace fleet::engine
