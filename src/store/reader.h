#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/rows.h"

namespace fleet::store {

// Reads the state's database while runs write it, also from a read-only disk. Each call sees what was
// committed when it began. Not to be shared between threads: open one each.
class Reader {
 public:
  // An Error when there is no database, or not one that this build can read; a database with an older schema
  // is brought up to date first. One in which nothing was made yet holds no runs.
  [[nodiscard]] static Result<Reader> open(const std::filesystem::path& database);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  // The newest first.
  [[nodiscard]] Result<std::vector<RunRow>> runs(std::size_t limit = 1000);
  // An Error (input) that names the runs there are, when there is none with this id.
  [[nodiscard]] Result<RunRow> run(std::string_view id);
  [[nodiscard]] Result<FrozenRun> frozen(std::string_view run);
  [[nodiscard]] Result<std::vector<TaskRow>> tasks(std::string_view run);  // in plan order
  [[nodiscard]] Result<std::vector<AttemptRow>> attempts(std::string_view run);
  [[nodiscard]] Result<std::optional<AttemptRow>> attempt(std::string_view run, std::string_view task_id,
                                                          int number);
  [[nodiscard]] Result<std::vector<MetricRow>> metrics(std::string_view run);
  [[nodiscard]] Result<std::vector<SnapshotRow>> snapshots(std::string_view run);

  // Each entry with a sequence of at least `from`, in order, one at a time; an Error of `visit` ends it. An
  // Error when an entry is missing in between.
  [[nodiscard]] Result<> journal(std::string_view run, std::uint64_t from,
                                 const std::function<Result<>(JournalEntry)>& visit);
  // At most `limit` events after the sequence.
  [[nodiscard]] Result<std::vector<model::RunEvent>> events(std::string_view run, std::uint64_t after,
                                                            std::size_t limit = 1000);

  // How long each task of a workflow took: the median of its last ten attempts that were done, within the
  // last thirty runs of that workflow, by task id.
  [[nodiscard]] Result<std::map<std::string, Duration, std::less<>>> typical_durations(
      std::string_view workflow);

  // How the agents did in the last thirty runs, by their names: attempts that ended by themselves.
  struct AgentTally {
    int tries = 0;
    int done = 0;
  };
  [[nodiscard]] Result<std::map<std::string, AgentTally, std::less<>>> agent_tallies();

  // Reads every page, and says what is damaged: slow on a large database, so for a resume or an import.
  [[nodiscard]] Result<> check();

 private:
  class Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fleet::store
