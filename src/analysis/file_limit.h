#pragma once

#include <chrono>
#include <string>

#include "syntax/steps.h"

namespace fleet::analysis {

// What may still be done with one file, by all rules together: steps, and time. Of one thread; it views the
// bounds.
class FileLimit {
 public:
  explicit FileLimit(const syntax::Bounds& bounds)
      : bounds_(bounds), deadline_(std::chrono::steady_clock::now() + bounds.time), steps_(bounds) {}

  [[nodiscard]] syntax::Steps& steps() { return steps_; }
  // Whether the rest of the file must be left out. Asks the clock.
  [[nodiscard]] bool is_over();
  void give_up(std::string why);
  // Why something was left out; empty: nothing was.
  [[nodiscard]] const std::string& why() const { return why_; }
  // The bounds, with the time that is left.
  [[nodiscard]] syntax::Bounds rest() const;

 private:
  const syntax::Bounds& bounds_;
  std::chrono::steady_clock::time_point deadline_;
  syntax::Steps steps_;
  std::string why_;
};

}  // namespace fleet::analysis
