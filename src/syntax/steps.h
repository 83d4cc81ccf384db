#pragma once

#include <cstdint>

#include "syntax/tree.h"

namespace fleet::syntax {

// How much may still be done, by all that shares it: a count, so that no clock decides what is found. Of one
// thread; it views the bounds.
class Steps {
 public:
  explicit Steps(const Bounds& bounds) : left_(bounds.match_steps), bounds_(bounds) {}
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;

  // False: they are used up, or it was stopped. What is asked cannot be told then: neither yes nor no.
  bool take(std::uint64_t count = 1) {
    if (is_over_ || count > left_) return end();
    const std::uint64_t before = left_ / kLookEvery;
    left_ -= count;
    return left_ / kLookEvery == before || !bounds_.is_stopped() || end();
  }
  // Whether a step was refused. From then on all are.
  [[nodiscard]] bool is_over() const { return is_over_; }
  // Refuses all steps from now on.
  bool end() {
    is_over_ = true;
    return false;
  }

 private:
  static constexpr std::uint64_t kLookEvery = 65'536;  // whether it was stopped

  std::uint64_t left_;
  bool is_over_ = false;
  const Bounds& bounds_;
};

}  // namespace fleet::syntax
