#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/enum_names.h"

namespace fleet::engine::tests {

// All that the simulator looks for, by what is wrong then. A check that nothing was ever seen to fail may be
// dead, so each has a bug that only counts as found when this very check finds it: mutants.py reads the names
// below, and wants one for each.
enum class Check {
  // At the start of an attempt
  starts_while_stopping,
  starts_while_asked,
  runs_twice_at_once,
  too_many_run,
  too_many_of_an_agent,
  starts_cancelled,
  starts_before_winner,
  tried_too_often,
  wrong_link,
  asks_who_cannot_serve,
  waits_for_who_cannot_serve,
  rolls_back_wrongly,
  once_unasked,
  finished_runs_again,
  from_not_in_order,
  from_not_integrated,
  from_too_much,
  from_too_little,
  starts_before_need,
  starts_after_bad_need,
  // At each step
  could_start,
  starts_before_better,
  waits_for_nothing,
  conflict_is_over,
  cut_off_verdict,
  answer_counts_twice,
  // Of money
  over_budget,
  call_waits_for_nothing,
  stops_with_money_left,
  books_wrongly,
  // Of the run
  hangs,
  goes_on_and_on,
  integrated_twice,
  published_other_results,
  thrown,
  // From one process to the next
  journal_changes,
  replay_differs,
  power_cut_takes_work,
  power_cut_takes_a_word,
  power_cut_takes_a_grant,
  begun_unknown,
  // At the end
  has_not_ended,
  ended_for_no_reason,
  other_results_count,
  run_state,
  clash_stands,
  // By the oracle
  ends_otherwise,
  counts_otherwise,
  started_otherwise
};

// What is wrong with a life.
struct Problem {
  Check check{};
  std::string what;  // empty: nothing is
  [[nodiscard]] bool empty() const { return what.empty(); }
};

}  // namespace fleet::engine::tests

namespace fleet {
FLEET_ENUM_NAMES(engine::tests::Check, "starts-while-stopping", "starts-while-asked", "runs-twice-at-once",
                 "too-many-run", "too-many-of-an-agent", "starts-cancelled", "starts-before-winner",
                 "tried-too-often", "wrong-link", "asks-who-cannot-serve", "waits-for-who-cannot-serve",
                 "rolls-back-wrongly", "once-unasked", "finished-runs-again", "from-not-in-order",
                 "from-not-integrated", "from-too-much", "from-too-little", "starts-before-need",
                 "starts-after-bad-need", "could-start", "starts-before-better", "waits-for-nothing",
                 "conflict-is-over", "cut-off-verdict", "answer-counts-twice", "over-budget",
                 "call-waits-for-nothing", "stops-with-money-left", "books-wrongly", "hangs",
                 "goes-on-and-on", "integrated-twice", "published-other-results", "thrown", "journal-changes",
                 "replay-differs", "power-cut-takes-work", "power-cut-takes-a-word",
                 "power-cut-takes-a-grant", "begun-unknown", "has-not-ended", "ended-for-no-reason",
                 "other-results-count", "run-state", "clash-stands", "ends-otherwise", "counts-otherwise",
                 "started-otherwise");
static_assert(base::EnumNames<engine::tests::Check>::names.size() ==
                  static_cast<std::size_t>(engine::tests::Check::started_otherwise) + 1,
              "every check needs a name");
}  // namespace fleet
