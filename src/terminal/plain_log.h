#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "model/attempt.h"
#include "model/plan.h"
#include "model/run_event.h"
#include "terminal/terminal.h"

namespace fleet::terminal {

// What an attempt ended with, for its output; nothing when it cannot be had.
using OutcomeOf = std::function<std::optional<model::Outcome>(TaskIndex task, int attempt)>;

// A listener that writes one line per event, and below it the output of an attempt that went wrong:
//
//     0.4s  materials.core   started
//    12.9s  materials.core   failed after 12.5s: `npm test` ended with exit 1
//
// One thread at a time. In GitHub Actions a failed attempt's output folds away, and nothing in it can give
// the runner commands.
class PlainLog {
 public:
  struct Options {
    Stream stream = Stream::out;
    bool github_actions = false;
    bool quiet = false;  // only what went wrong, and the end
    OutcomeOf outcome_of;
  };
  // The plan must outlive the log.
  PlainLog(Terminal& terminal, const model::Plan& plan, Options options);
  void handle(const model::RunEvent& event);

 private:
  Terminal& terminal_;
  const model::Plan& plan_;
  Options options_;
  std::optional<TimePoint> start_;
};

}  // namespace fleet::terminal
