#include "store/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/database.h"
#include "store/row_reader.h"
#include "store/schema.h"

namespace fleet::store {
namespace {

constexpr std::size_t kRunsOfHistory = 30;
constexpr std::size_t kAttemptsOfHistory =
    200'000;  // in all: planning must stay quick, however long the past is
constexpr std::size_t kDurationsPerTask = 10;

Duration median(std::vector<Duration>& durations) {
  const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
  std::nth_element(durations.begin(), middle, durations.end());
  return *middle;
}

constexpr std::string_view kRunColumns =
    "SELECT id, workflow, workflow_path, start_commit, state, fleet_version, owner_pid, owner_start_time, "
    "token, created_at, updated_at, "
    "coalesce((SELECT at FROM journal WHERE run = runs.id ORDER BY sequence DESC LIMIT 1), 0) FROM runs ";

RunRow read_run(RowReader& row) {
  RunRow run;
  run.id = row.text();
  run.workflow = row.text();
  run.workflow_path = row.text();
  run.start = row.object();
  run.state = row.word<model::RunState>();
  run.fleet_version = row.text();
  if (const model::ProcessIdentity owner = row.process(); owner.pid != 0) run.owner = owner;
  run.token = row.text();
  run.created = row.time();
  run.updated = row.time();
  const TimePoint heard_of{Duration(row.number())};
  if (run.state == model::RunState::running) run.updated = std::max(run.updated, heard_of);
  return run;
}

AttemptRow read_attempt(RowReader& row) {
  AttemptRow attempt;
  attempt.task_id = row.text();
  attempt.number = row.whole<int>();
  attempt.verdict = row.optional_word<model::Verdict>();
  attempt.agent = row.text();
  attempt.reason = row.text();
  attempt.base = row.object();
  attempt.snapshot = row.object();
  attempt.process = row.process();
  attempt.started = row.time();
  attempt.finished = row.optional_time();
  attempt.result_json = row.text();
  return attempt;
}

}  // namespace

class Reader::Impl {
 public:
  explicit Impl(Database database) : database_(std::move(database)) {}
  Database& database() { return database_; }

  // All rows of a query that is bound.
  template <class T, class Read>
  Result<std::vector<T>> all(Statement statement, Read read) {
    std::vector<T> rows;
    while (true) {
      FLEET_TRY(const bool more, statement.step());
      if (!more) return rows;
      RowReader row(database_, statement);
      rows.push_back(read(row));
      FLEET_CHECK(row.good());
    }
  }

 private:
  Database database_;
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const std::filesystem::path& file) {
  FLEET_TRY(Database database, Database::open(file, Database::Mode::read_only));
  FLEET_TRY(const bool is_empty, database.is_empty());
  if (is_empty) {
    FLEET_TRY(Database no_runs, Database::open(":memory:", Database::Mode::create));
    FLEET_CHECK(no_runs.bring_up_to_date(state_schema()));
    return Reader(std::make_unique<Impl>(std::move(no_runs)));
  }
  FLEET_TRY(const std::int64_t version, database.version());
  if (version > 0 && version < state_schema().version) {
    FLEET_TRY(Database older, Database::open(file, Database::Mode::read_write));
    FLEET_CHECK(older.bring_up_to_date(state_schema()));
  }
  FLEET_CHECK(database.bring_up_to_date(state_schema()));
  return Reader(std::make_unique<Impl>(std::move(database)));
}

Result<std::vector<RunRow>> Reader::runs(std::size_t limit) {
  static const std::string sql = fmt::format("{} ORDER BY created_at DESC, id DESC LIMIT ?", kRunColumns);
  FLEET_TRY(Statement statement, impl_->database().prepare(sql));
  statement.bind(1, static_cast<std::int64_t>(limit));
  return impl_->all<RunRow>(std::move(statement), read_run);
}

Result<RunRow> Reader::run(std::string_view id) {
  static const std::string sql = fmt::format("{} WHERE id = ?", kRunColumns);
  FLEET_TRY(Statement statement, impl_->database().prepare(sql));
  statement.bind(1, id);
  FLEET_TRY(std::vector<RunRow> found, impl_->all<RunRow>(std::move(statement), read_run));
  if (!found.empty()) return std::move(found.front());

  FLEET_TRY(const std::vector<RunRow> others, runs(5));
  std::string known;
  for (const RunRow& other : others)
    known += (known.empty() ? "" : ", ") + other.id;
  return base::fail_input("find the run", std::string(id), "there is none with this id",
                          known.empty() ? "no run was started here yet: `fleet run`"
                                        : fmt::format("the last ones: {}; all: `fleet runs`", known));
}

Result<FrozenRun> Reader::frozen(std::string_view run) {
  FLEET_TRY(
      Statement statement,
      impl_->database().prepare("SELECT workflow_source, plan_json, options_json FROM frozen WHERE run = ?"));
  statement.bind(1, run);
  FLEET_TRY(std::vector<FrozenRun> found, impl_->all<FrozenRun>(std::move(statement), [](RowReader& row) {
    FrozenRun frozen;
    frozen.workflow_source = row.text();
    frozen.plan = row.text();
    frozen.options = row.text();
    return frozen;
  }));
  if (found.empty())
    return impl_->database().fail_damaged(fmt::format("the plan of the run {} is missing", run));
  return std::move(found.front());
}

Result<std::vector<TaskRow>> Reader::tasks(std::string_view run) {
  FLEET_TRY(Statement statement,
            impl_->database().prepare("SELECT position, id, name, status, reason, result_json, created_at, "
                                      "updated_at FROM tasks WHERE run = ? ORDER BY position"));
  statement.bind(1, run);
  return impl_->all<TaskRow>(std::move(statement), [](RowReader& row) {
    TaskRow task;
    task.index = {row.whole<std::uint32_t>()};
    task.id = row.text();
    task.name = row.text();
    task.state = row.word<model::TaskState>();
    task.reason = row.text();
    task.result_json = row.text();
    task.created = row.time();
    task.updated = row.time();
    return task;
  });
}

Result<std::vector<AttemptRow>> Reader::attempts(std::string_view run) {
  FLEET_TRY(Statement statement,
            impl_->database().prepare(
                "SELECT task_id, number, verdict, agent, a.reason, base_commit, snapshot_commit, pid, "
                "process_start_time, started_at, finished_at, a.result_json FROM attempts a JOIN tasks t ON "
                "t.run = a.run AND t.id = a.task_id WHERE a.run = ? ORDER BY position, number"));
  statement.bind(1, run);
  return impl_->all<AttemptRow>(std::move(statement), read_attempt);
}

Result<std::optional<AttemptRow>> Reader::attempt(std::string_view run, std::string_view task_id,
                                                  int number) {
  FLEET_TRY(Statement statement,
            impl_->database().prepare(
                "SELECT task_id, number, verdict, agent, reason, base_commit, snapshot_commit, pid, "
                "process_start_time, started_at, finished_at, result_json FROM attempts "
                "WHERE run = ? AND task_id = ? AND number = ?"));
  statement.bind(1, run);
  statement.bind(2, task_id);
  statement.bind(3, std::int64_t{number});
  FLEET_TRY(std::vector<AttemptRow> rows, impl_->all<AttemptRow>(std::move(statement), read_attempt));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

Result<std::vector<MetricRow>> Reader::metrics(std::string_view run) {
  FLEET_TRY(
      Statement statement,
      impl_->database().prepare("SELECT task_id, attempt, metric_name, metric_value, timestamp FROM metrics "
                                "WHERE run = ? ORDER BY id"));
  statement.bind(1, run);
  return impl_->all<MetricRow>(std::move(statement), [](RowReader& row) {
    MetricRow metric;
    metric.task_id = row.text();
    metric.attempt = row.whole<int>();
    metric.name = row.text();
    metric.value = row.real();
    metric.at = row.time();
    return metric;
  });
}

Result<std::vector<SnapshotRow>> Reader::snapshots(std::string_view run) {
  FLEET_TRY(
      Statement statement,
      impl_->database().prepare("SELECT task_id, attempt, file_path, content_hash, created_at FROM snapshots "
                                "WHERE run = ? ORDER BY id"));
  statement.bind(1, run);
  return impl_->all<SnapshotRow>(std::move(statement), [](RowReader& row) {
    SnapshotRow snapshot;
    snapshot.task_id = row.text();
    snapshot.attempt = row.whole<int>();
    snapshot.path = row.text();
    snapshot.content = row.object();
    snapshot.at = row.time();
    return snapshot;
  });
}

Result<> Reader::journal(std::string_view run, std::uint64_t from,
                         const std::function<Result<>(JournalEntry)>& visit) {
  FLEET_TRY(
      Statement statement,
      impl_->database().prepare(
          "SELECT sequence, at, payload FROM journal WHERE run = ? AND sequence >= ? ORDER BY sequence"));
  std::uint64_t expected = std::max<std::uint64_t>(from, 1);
  statement.bind(1, run).bind(2, static_cast<std::int64_t>(expected));
  while (true) {
    FLEET_TRY(const bool more, statement.step());
    if (!more) return {};
    RowReader row(impl_->database(), statement);
    JournalEntry entry;
    entry.sequence = row.whole<std::uint64_t>();
    entry.at = TimePoint(Duration(row.number()));
    entry.payload = row.text();
    FLEET_CHECK(row.good());
    if (entry.sequence != expected) {
      return impl_->database().fail_damaged(
          fmt::format("entry {} of the journal of the run {} is missing", expected, run));
    }
    ++expected;
    FLEET_CHECK(visit(std::move(entry)));
  }
}

Result<std::vector<model::RunEvent>> Reader::events(std::string_view run, std::uint64_t after,
                                                    std::size_t limit) {
  FLEET_TRY(Statement statement,
            impl_->database().prepare(
                "SELECT sequence, at, kind, task, attempt, verdict, message, other, until FROM events "
                "WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?"));
  statement.bind(1, run).bind(2, static_cast<std::int64_t>(after)).bind(3, static_cast<std::int64_t>(limit));
  return impl_->all<model::RunEvent>(std::move(statement), [](RowReader& row) {
    model::RunEvent event;
    event.sequence = row.whole<std::uint64_t>();
    event.at = row.time();
    event.kind = row.word<model::RunEventKind>();
    event.task = row.optional_task();
    event.attempt = row.whole<int>();
    event.verdict = row.optional_word<model::Verdict>();
    event.message = row.text();
    event.other = row.optional_task();
    event.until = row.optional_time();
    return event;
  });
}

Result<std::map<std::string, Duration, std::less<>>> Reader::typical_durations(std::string_view workflow) {
  FLEET_TRY(Statement runs, impl_->database().prepare(
                                "SELECT id FROM runs WHERE workflow = ? ORDER BY created_at DESC LIMIT ?"));
  runs.bind(1, workflow).bind(2, static_cast<std::int64_t>(kRunsOfHistory));
  FLEET_TRY(const std::vector<std::string> ids,
            impl_->all<std::string>(std::move(runs), [](RowReader& row) { return row.text(); }));

  std::map<std::string, std::vector<Duration>, std::less<>> durations;
  std::size_t read = 0;
  for (std::size_t i = 0; i < ids.size() && read < kAttemptsOfHistory; ++i) {
    FLEET_TRY(
        Statement attempts,
        impl_->database().prepare("SELECT task_id, duration FROM attempts WHERE run = ? AND verdict = 'done' "
                                  "ORDER BY task_id, number DESC"));
    attempts.bind(1, ids[i]);
    while (true) {
      FLEET_TRY(const bool more, attempts.step());
      if (!more) break;
      ++read;
      const std::string_view task = attempts.text(0);
      auto known = durations.find(task);
      if (known == durations.end()) known = durations.emplace(task, std::vector<Duration>()).first;
      if (known->second.size() < kDurationsPerTask)
        known->second.emplace_back(static_cast<std::int64_t>(attempts.real(1) * 1e6));
    }
  }
  std::map<std::string, Duration, std::less<>> typical;
  for (auto& [task, all] : durations)
    typical.emplace_hint(typical.end(), task, median(all));
  return typical;
}

Result<std::map<std::string, Reader::AgentTally, std::less<>>> Reader::agent_tallies() {
  FLEET_TRY(Statement rows,
            impl_->database().prepare(
                "SELECT agent, count(*), sum(verdict = 'done') FROM attempts "
                "WHERE run IN (SELECT id FROM runs ORDER BY created_at DESC LIMIT ?) AND agent NOT IN "
                "('', 'run', 'codemod') AND verdict NOT IN ('interrupted', 'cancelled') GROUP BY agent"));
  rows.bind(1, static_cast<std::int64_t>(kRunsOfHistory));
  std::map<std::string, AgentTally, std::less<>> tallies;
  while (true) {
    FLEET_TRY(const bool more, rows.step());
    if (!more) return tallies;
    tallies[std::string(rows.text(0))] = {static_cast<int>(rows.integer(1)),
                                          static_cast<int>(rows.integer(2))};
  }
}

Result<> Reader::check() {
  return impl_->database().check_integrity();
}

}  // namespace fleet::store
