#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "model/plan.h"
#include "model/run_event.h"
#include "terminal/style.h"
#include "terminal/terminal.h"

namespace fleet::terminal {

// What an attempt ended with, for its output; nothing when it cannot be had.
using OutcomeOf = std::function<std::optional<model::Outcome>(TaskIndex task, int attempt)>;

// A listener that writes one line per event, and below it the output of an attempt that went wrong:
//
//     0.4s  > materials.core   started
//    12.9s  x materials.core   failed after 12.5s: `npm test` ended with exit 1
//
// One thread at a time. In GitHub Actions a failed attempt's output folds away, and nothing in it can give
// the runner commands.
class PlainLog {
 public:
  struct Options {
    Stream stream = Stream::out;
    bool github_actions = false;
    bool in_ci = false;  // of whatever kind: the log gives its machine no commands
    bool quiet = false;  // only what went wrong, and the end
    OutcomeOf outcome_of;
    std::string run;  // id
  };
  // The plan must outlive the log.
  PlainLog(Terminal& terminal, const model::Plan& plan, Options options);
  // What happened before this process went on with the run: it counts, and is not written. In order, and
  // before what is handled.
  void recall(const model::RunEvent& event);
  void handle(const model::RunEvent& event);

 private:
  struct Line {
    char sign = ' ';  // which glyph
    Tone tone = Tone::plain;
    std::string text;
    bool is_good_news = true;  // not shown when quiet
  };
  // What was seen of a task. A start that was interrupted or cancelled is no attempt of its own: the next one
  // has its number, and takes its place, as in the reports.
  struct Seen {
    int attempts = 0;
    std::optional<TimePoint> attempt_started;  // none: it has ended, or another process began it
    std::optional<Duration> took;              // the last attempt; none: nobody saw when it ended
    Duration before{};                         // spent on the attempts before the last one
    std::string last_reason;
    bool settled = false;
    bool skipped = false;
  };

  void count(const model::RunEvent& event);
  void count_task(const model::RunEvent& event, Seen& seen);
  void settle(Seen& seen, bool settled);
  [[nodiscard]] std::optional<Line> describe(const model::RunEvent& event) const;
  [[nodiscard]] std::optional<Line> describe_task(const model::RunEvent& event, const Seen& seen) const;
  [[nodiscard]] Line run_ended(const model::RunEvent& event) const;
  [[nodiscard]] std::string progress() const;
  void write_line(const model::RunEvent& event, const Line& line, const Look& look);
  void write_output(const model::RunEvent& event, const Look& look);

  Terminal& terminal_;
  const model::Plan& plan_;
  Options options_;
  std::size_t name_width_ = 3;
  std::optional<TimePoint> start_;
  std::vector<Seen> seen_;  // by task
  std::size_t settled_ = 0;
};

}  // namespace fleet::terminal
