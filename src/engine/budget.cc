#include "engine/budget.h"

#include <algorithm>
#include <cmath>

namespace fleet::engine {
namespace {

// USD. Past these nothing changes any more, so that no sum of what a server or a journal claims overflows.
constexpr double kMostOfCall = 1e5;
constexpr double kMostCap = 1e9;
constexpr std::int64_t kMostBooked = 4'000'000'000'000'000'000;  // nano-dollars

// To the nearest, not upwards: five times 0.20 are 1.00.
std::int64_t nanos(double usd, double most) {
  return std::llround((std::isnan(usd) ? most : std::clamp(usd, 0.0, most)) * 1e9);
}

}  // namespace

void Budget::set_cap(std::optional<double> usd) {
  cap_.reset();
  if (usd) cap_ = nanos(*usd, kMostCap);
}

bool Budget::fits(Nanos most) const {
  return !cap_ || most <= *cap_ - booked_ - reserved_;
}

void Budget::request(const Call& call, double most) {
  // With a call that it never told the end of, it would wait for itself.
  const auto found = attempts_.find(call.serial);
  if (found != attempts_.end()) close_call(found->second, found->second.reserved);
  waiting_.push_back({call, nanos(most, kMostOfCall)});
}

std::vector<Call> Budget::grant() {
  std::vector<Call> granted;
  while (granted.size() < waiting_.size()) {
    const Waiting& next = waiting_[granted.size()];
    if (!fits(next.most)) break;
    Attempt& attempt = attempts_[next.call.serial];
    attempt.open = next.call.number;
    attempt.reserved = next.most;
    reserved_ += next.most;
    granted.push_back(next.call);
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(granted.size()));
  return granted;
}

std::optional<Budget::Exhausted> Budget::exhausted() const {
  if (waiting_.empty() || reserved_ > 0 || fits(waiting_.front().most)) return std::nullopt;
  return Exhausted{waiting_.front().call, to_usd(waiting_.front().most)};
}

std::vector<Call> Budget::give_up() {
  std::vector<Call> calls;
  for (const Waiting& each : waiting_)
    calls.push_back(each.call);
  waiting_.clear();
  return calls;
}

void Budget::withdraw(Serial serial) {
  std::erase_if(waiting_, [serial](const Waiting& each) { return each.call.serial == serial; });
}

// Ends what is open of an attempt.
void Budget::close_call(Attempt& attempt, Nanos cost) {
  reserved_ -= attempt.reserved;
  attempt.reserved = 0;
  attempt.open.reset();
  attempt.booked = std::min(attempt.booked + cost, kMostBooked);
  book(cost);
}

void Budget::book(Nanos cost) {
  booked_ = std::min(booked_ + cost, kMostBooked);
}

void Budget::settle(const Call& call, double usd) {
  std::erase_if(waiting_, [&call](const Waiting& each) {
    return each.call.serial == call.serial && each.call.number == call.number;
  });
  const auto found = attempts_.find(call.serial);
  if (found != attempts_.end() && found->second.open == call.number)
    close_call(found->second, nanos(usd, kMostOfCall));
}

void Budget::close(Serial serial, std::optional<double> usd) {
  withdraw(serial);
  const auto found = attempts_.find(serial);
  Nanos booked = 0;
  if (found != attempts_.end()) {
    close_call(found->second, found->second.reserved);
    booked = found->second.booked;
    attempts_.erase(found);
  }
  if (usd) book(std::max<Nanos>(nanos(*usd, kMostOfCall) - booked, 0));
}

void Budget::close_all() {
  for (auto& [serial, attempt] : attempts_)
    close_call(attempt, attempt.reserved);
  attempts_.clear();
  waiting_.clear();
}

}  // namespace fleet::engine
