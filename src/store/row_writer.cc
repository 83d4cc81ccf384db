#include "store/row_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace fleet::store {
namespace {

// Binds one row after the other, from the first parameter on. What it is given must live until run().
class Row {
 public:
  explicit Row(Statement& statement) : statement_(statement) {}

  Row& text(std::string_view value) {
    statement_.bind(next_++, value);
    return *this;
  }
  Row& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
  Row& number(std::int64_t value) {
    statement_.bind(next_++, value);
    return *this;
  }
  Row& number_or_null(std::int64_t value) { return value == 0 ? null() : number(value); }
  Row& real(double value) {
    statement_.bind(next_++, value);
    return *this;
  }
  Row& null() {
    statement_.bind_null(next_++);
    return *this;
  }
  [[nodiscard]] Result<> run() {
    next_ = 1;
    return statement_.run();
  }

 private:
  Statement& statement_;
  int next_ = 1;
};

std::string hex(const ObjectId& id) {
  return id.is_none() ? "" : id.hex();
}

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

// How far `updated_at` of a run that goes on may lie behind.
constexpr Duration kHeardOf = std::chrono::seconds(1);

class BatchWriter {
 public:
  BatchWriter(Database& database, const Batch& batch, HeardOf& heard_of)
      : database_(database), batch_(batch), run_(batch.run), heard_of_(heard_of) {}

  Result<> all() {
    if (batch_.start) FLEET_CHECK(start(*batch_.start));
    FLEET_CHECK(tasks());
    FLEET_CHECK(attempts());
    FLEET_CHECK(journal());
    FLEET_CHECK(events());
    FLEET_CHECK(snapshots());
    FLEET_CHECK(metrics());
    if (batch_.update) FLEET_CHECK(update(*batch_.update));
    if (batch_.start || batch_.update || batch_.journal.empty()) return {};
    const TimePoint now = batch_.journal.back().at;
    if (heard_of_.run == run_ && now - heard_of_.at < kHeardOf) return {};
    FLEET_CHECK(touch(now));
    heard_of_ = {run_, now};
    return {};
  }

 private:
  Result<> start(const NewRun& start) {
    const RunRow& row = start.row;
    FLEET_TRY(Statement insert,
              database_.prepare(
                  "INSERT INTO runs (id, workflow, workflow_path, start_commit, state, fleet_version, "
                  "owner_pid, owner_start_time, token, created_at, updated_at) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    const model::ProcessIdentity owner = row.owner.value_or(model::ProcessIdentity{});
    const std::string commit = hex(row.start);
    const std::string created = base::format_time_exact(row.created);
    const std::string updated = base::format_time_exact(row.updated);
    FLEET_CHECK(Row(insert)
                    .text(run_)
                    .text(row.workflow)
                    .text(row.workflow_path)
                    .text_or_null(commit)
                    .text(base::name_of(row.state))
                    .text(row.fleet_version)
                    .number_or_null(owner.pid)
                    .number_or_null(static_cast<std::int64_t>(owner.start_time))
                    .text(row.token)
                    .text(created)
                    .text(updated)
                    .run());
    FLEET_TRY(Statement frozen,
              database_.prepare(
                  "INSERT INTO frozen (run, workflow_source, plan_json, options_json) VALUES (?, ?, ?, ?)"));
    FLEET_CHECK(Row(frozen)
                    .text(run_)
                    .text(start.frozen.workflow_source)
                    .text(start.frozen.plan)
                    .text(start.frozen.options)
                    .run());
    FLEET_TRY(Statement task,
              database_.prepare(
                  "INSERT INTO tasks (run, id, name, position, status, reason, result_json, created_at, "
                  "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    for (const TaskRow& each : start.tasks) {
      const std::string task_created = base::format_time_exact(each.created);
      const std::string task_updated = base::format_time_exact(each.updated);
      FLEET_CHECK(Row(task)
                      .text(run_)
                      .text(each.id)
                      .text(each.name)
                      .number(each.index.value)
                      .text(base::name_of(each.state))
                      .text(each.reason)
                      .text_or_null(each.result_json)
                      .text(task_created)
                      .text(task_updated)
                      .run());
    }
    return {};
  }

  Result<> update(const RunUpdate& update) {
    FLEET_TRY(
        Statement statement,
        database_.prepare(
            "UPDATE runs SET state = ?1, updated_at = ?2, owner_pid = coalesce(?3, owner_pid), "
            "owner_start_time = coalesce(?4, owner_start_time), token = coalesce(?6, token) WHERE id = ?5"));
    const model::ProcessIdentity owner = update.owner.value_or(model::ProcessIdentity{});
    const std::string at = base::format_time_exact(update.at);
    FLEET_CHECK(Row(statement)
                    .text(base::name_of(update.state))
                    .text(at)
                    .number_or_null(owner.pid)
                    .number_or_null(static_cast<std::int64_t>(owner.start_time))
                    .text(run_)
                    .text_or_null(update.token)
                    .run());
    return must_exist("run", run_);
  }

  // The run was heard of.
  Result<> touch(TimePoint when) {
    FLEET_TRY(Statement statement, database_.prepare("UPDATE runs SET updated_at = ? WHERE id = ?"));
    const std::string at = base::format_time_exact(when);
    FLEET_CHECK(Row(statement).text(at).text(run_).run());
    return must_exist("run", run_);
  }

  Result<> tasks() {
    if (batch_.tasks.empty()) return {};
    FLEET_TRY(
        Statement statement,
        database_.prepare("UPDATE tasks SET status = ?, reason = ?, result_json = coalesce(?, result_json), "
                          "updated_at = ? WHERE run = ? AND id = ?"));
    for (const TaskUpdate& task : batch_.tasks) {
      const std::string at = base::format_time_exact(task.at);
      FLEET_CHECK(Row(statement)
                      .text(base::name_of(task.state))
                      .text(task.reason)
                      .text_or_null(task.result_json)
                      .text(at)
                      .text(run_)
                      .text(task.id)
                      .run());
      FLEET_CHECK(must_exist("task", task.id));
    }
    return {};
  }

  Result<> attempts() {
    if (batch_.attempts.empty()) return {};
    FLEET_TRY(Statement statement,
              database_.prepare(
                  "INSERT INTO attempts (run, task_id, number, verdict, agent, reason, base_commit, "
                  "snapshot_commit, pid, "
                  "process_start_time, started_at, finished_at, result_json, duration) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                  "ON CONFLICT DO UPDATE SET verdict = excluded.verdict, agent = excluded.agent, "
                  "reason = excluded.reason, base_commit = excluded.base_commit, "
                  "snapshot_commit = excluded.snapshot_commit, pid = excluded.pid, "
                  "process_start_time = excluded.process_start_time, started_at = excluded.started_at, "
                  "finished_at = excluded.finished_at, result_json = excluded.result_json, "
                  "duration = excluded.duration"));
    for (const AttemptRow& attempt : batch_.attempts) {
      const std::string base = hex(attempt.base);
      const std::string snapshot = hex(attempt.snapshot);
      const std::string started = base::format_time_exact(attempt.started);
      const std::string finished = attempt.finished ? base::format_time_exact(*attempt.finished) : "";
      Row row(statement);
      row.text(run_)
          .text(attempt.task_id)
          .number(attempt.number)
          .text_or_null(attempt.verdict ? base::name_of(*attempt.verdict) : "")
          .text(attempt.agent)
          .text(attempt.reason)
          .text_or_null(base)
          .text_or_null(snapshot)
          .number_or_null(attempt.process.pid)
          .number_or_null(static_cast<std::int64_t>(attempt.process.start_time))
          .text(started)
          .text_or_null(finished)
          .text_or_null(attempt.result_json);
      attempt.finished ? row.real(seconds(*attempt.finished - attempt.started)) : row.null();
      FLEET_CHECK(row.run());
    }
    return {};
  }

  Result<> journal() {
    if (batch_.journal.empty()) return {};
    FLEET_TRY(Statement statement,
              database_.prepare("INSERT INTO journal (run, sequence, at, payload) VALUES (?, ?, ?, ?)"));
    for (const JournalEntry& entry : batch_.journal) {
      FLEET_CHECK(Row(statement)
                      .text(run_)
                      .number(static_cast<std::int64_t>(entry.sequence))
                      .number(entry.at.time_since_epoch().count())
                      .text(entry.payload)
                      .run());
    }
    return {};
  }

  Result<> events() {
    if (batch_.events.empty()) return {};
    FLEET_TRY(Statement statement,
              database_.prepare(
                  "INSERT INTO events (run, sequence, at, kind, task, attempt, verdict, message, other, "
                  "until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    for (const model::RunEvent& event : batch_.events) {
      const std::string at = base::format_time_exact(event.at);
      const std::string until = event.until ? base::format_time_exact(*event.until) : "";
      Row row(statement);
      row.text(run_)
          .number(static_cast<std::int64_t>(event.sequence))
          .text(at)
          .text(base::name_of(event.kind));
      event.task ? row.number(event.task->value) : row.null();
      row.number(event.attempt)
          .text_or_null(event.verdict ? base::name_of(*event.verdict) : "")
          .text(event.message);
      event.other ? row.number(event.other->value) : row.null();
      FLEET_CHECK(row.text_or_null(until).run());
    }
    return {};
  }

  Result<> snapshots() {
    if (batch_.snapshots.empty()) return {};
    FLEET_TRY(Statement statement,
              database_.prepare(
                  "INSERT INTO snapshots (run, task_id, attempt, file_path, content_hash, created_at) "
                  "VALUES (?, ?, ?, ?, ?, ?)"));
    for (const SnapshotRow& snapshot : batch_.snapshots) {
      const std::string content = hex(snapshot.content);
      const std::string at = base::format_time_exact(snapshot.at);
      FLEET_CHECK(Row(statement)
                      .text(run_)
                      .text(snapshot.task_id)
                      .number(snapshot.attempt)
                      .text(snapshot.path)
                      .text_or_null(content)
                      .text(at)
                      .run());
    }
    return {};
  }

  Result<> metrics() {
    if (batch_.metrics.empty()) return {};
    FLEET_TRY(
        Statement statement,
        database_.prepare("INSERT INTO metrics (run, task_id, attempt, metric_name, metric_value, timestamp) "
                          "VALUES (?, ?, ?, ?, ?, ?)"));
    for (const MetricRow& metric : batch_.metrics) {
      if (!std::isfinite(metric.value)) continue;  // SQLite has no such number; nothing was measured
      const std::string at = base::format_time_exact(metric.at);
      FLEET_CHECK(Row(statement)
                      .text(run_)
                      .text_or_null(metric.task_id)
                      .number_or_null(metric.attempt)
                      .text(metric.name)
                      .real(metric.value)
                      .text(at)
                      .run());
    }
    return {};
  }

  Result<> must_exist(const char* what, const std::string& id) const {
    if (database_.changes() == 1) return {};
    return base::fail_world("write the state of the " + std::string(what), id,
                            fmt::format("{} has no such {}", database_.file().string(), what),
                            "somebody removed it while the run was going on");
  }

  Database& database_;
  const Batch& batch_;
  const std::string& run_;
  HeardOf& heard_of_;
};

}  // namespace

Result<> write_batch(Database& database, const Batch& batch, HeardOf& heard_of) {
  return BatchWriter(database, batch, heard_of).all();
}

}  // namespace fleet::store
