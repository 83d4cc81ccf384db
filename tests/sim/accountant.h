#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "engine/scheduler.h"
#include "sim/check.h"

namespace fleet::engine::tests {

// The referee's books of the money: what attempts asked for, were granted and spent.
class Accountant {
 public:
  void new_process(std::optional<double> cap) {
    cap_ = cap;
    for (auto& [serial, purse] : purses_)
      purse.close();
    waiting_.clear();
  }

  // Of an attempt that runs.
  void requests(const CallRequested& request) {
    if (told_to_end_.contains(request.call.serial)) return;
    purses_[request.call.serial].close();
    waiting_.push_back(request);
  }
  void settles(const CallSettled& settled) {
    Purse& purse = purses_[settled.call.serial];
    if (purse.open && purse.open->number == settled.call.number) purse.settle(settled.usd);
    std::erase_if(waiting_, [&](const CallRequested& one) {
      return one.call.serial == settled.call.serial && one.call.number == settled.call.number;
    });
  }
  void ends(const AttemptFinished& end) {
    std::erase_if(waiting_, [&](const CallRequested& one) { return one.call.serial == end.serial; });
    if (end.outcome.agent) purses_[end.serial].told = end.outcome.agent->cost.usd.value_or(0);
    purses_[end.serial].close();
  }

  // What is wrong with a step; empty: nothing is. The first that waits does so for money that others may
  // leave; the run stops when nobody can.
  [[nodiscard]] Problem watch(const Step& step, const Scheduler& scheduler) {
    Problem problem;
    const auto fail = [&problem](Check check, std::string what) {
      if (problem.empty()) problem = {check, std::move(what)};
    };
    for (const Action& action : step.actions) {
      if (const auto* grant = std::get_if<GrantCall>(&action)) {
        if (const char* wrong = grants(grant->call)) fail(Check::over_budget, wrong);
      } else if (const auto* stop = std::get_if<StopAttempt>(&action)) {
        told_to_end_.insert(stop->serial);
      }
    }
    const bool stops = std::any_of(step.events.begin(), step.events.end(), [](const model::RunEvent& event) {
      return event.kind == model::RunEventKind::run_stopping && event.message.find("limits.cost") == 0;
    });
    if (stops && (waiting_.empty() || fits(waiting_.front().most) || reserved() > 0))
      fail(Check::stops_with_money_left, "the run stops for its cost, and has money left");
    std::erase_if(waiting_, [&](const CallRequested& one) { return told_to_end_.contains(one.call.serial); });
    if (!waiting_.empty() && (fits(waiting_.front().most) || reserved() == 0))
      fail(Check::call_waits_for_nothing, "a call waits for nothing");
    if (std::abs(spent() - scheduler.budget().booked()) > kCent)
      fail(Check::books_wrongly,
           fmt::format("{} is spent, and {} booked", spent(), scheduler.budget().booked()));
    return problem;
  }

 private:
  static constexpr double kCent = 1e-6;  // sums of floating numbers are not exact

  // Of one attempt.
  struct Purse {
    std::optional<Call> open;
    double reserved = 0;  // for that
    double booked = 0;
    double told = 0;  // by its end

    void settle(double usd) {
      booked += usd;
      open.reset();
    }
    void close() {
      if (open) settle(reserved);
    }
  };

  // Why it must not be; null: it may.
  const char* grants(const Call& call) {
    const auto request = std::find_if(waiting_.begin(), waiting_.end(), [&](const CallRequested& one) {
      return one.call.serial == call.serial && one.call.number == call.number;
    });
    if (request == waiting_.end()) return "a call is granted that nobody asks for";
    const bool may = fits(request->most);
    Purse& purse = purses_[call.serial];
    purse.open = call;
    purse.reserved = request->most;
    waiting_.erase(request);
    return may ? nullptr : "more is granted than the run may spend";
  }

  [[nodiscard]] double spent() const {
    double sum = 0;
    for (const auto& [serial, purse] : purses_)
      sum += std::max(purse.booked, purse.told);
    return sum;
  }
  [[nodiscard]] double reserved() const {
    double sum = 0;
    for (const auto& [serial, purse] : purses_)
      sum += purse.open ? purse.reserved : 0;
    return sum;
  }
  [[nodiscard]] bool fits(double most) const { return !cap_ || spent() + reserved() + most <= *cap_ + kCent; }

  std::optional<double> cap_;
  std::map<Serial, Purse> purses_;
  std::vector<CallRequested> waiting_;  // in the order in which they asked
  std::set<Serial> told_to_end_;
};

}  // namespace fleet::engine::tests
