#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/report.h"
#include "terminal/terminal.h"

// What a run ends with, and the tables of `fleet runs` and `fleet status`. Text with line ends; pure.
namespace fleet::terminal {

struct SummaryPlaces {
  std::vector<std::string> reports;  // paths of the files that were written
  std::string next;                  // the command to type next; empty: none
};
[[nodiscard]] std::string summary(const model::Report& report, const SummaryPlaces& places, const Look& look);

struct RunRow {
  std::string id;
  std::string workflow;
  model::RunState state = model::RunState::running;
  bool is_cut_off = false;  // it runs as far as is on record, and no process drives it
  TimePoint started{};
  std::optional<Duration> duration;  // none: still running
  std::size_t tasks = 0, done = 0, failed = 0;
  std::string branch;
};
// Newest first, as given.
[[nodiscard]] std::string runs_table(const std::vector<RunRow>& runs, TimePoint now, const Look& look);

struct AgentRow {
  std::string name;
  std::string uses;  // `anthropic`, `first of a, b`
  std::string model;
  std::string missing;  // why it could not begin here; empty: nothing is known against it
  int tries = 0, done = 0;
};
[[nodiscard]] std::string agents_table(const std::vector<AgentRow>& agents, const Look& look);

// Where a run stands now: the same table of tasks as the summary, and what is under way. `driver`: the
// process that drives it, for people; empty: none does, or it is not known.
[[nodiscard]] std::string status_table(const model::Report& report, const std::string& driver, TimePoint now,
                                       const Look& look);

}  // namespace fleet::terminal
