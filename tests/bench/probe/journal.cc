#include <sqlite3.h>

#include <atomic>
#include <functional>
#include <memory>

#include "bench/probe/probe.h"
#include "engine/input_json.h"
#include "os/files.h"
#include "store/writer.h"

// How many transitions a second reach the journal, through the real writer; and as the floor the same texts
// in one table of plain SQLite, by prepared statements, committed as often.
namespace fleet::bench {
namespace {

constexpr std::int64_t kInBatch = 100;
constexpr std::int64_t kInFlight = 64;  // of the transitions that each want to be on the disk

std::string payload() {
  model::Outcome outcome;
  outcome.verdict = model::Verdict::done;
  return engine::to_journal(engine::AttemptFinished{{1}, 1, outcome});
}

// A transition as the driver writes it, without the other rows that come with it.
store::Batch batch_of(std::int64_t first, std::int64_t count, store::Durability durability) {
  store::Batch batch;
  batch.run = kRun;
  batch.durability = durability;
  for (std::int64_t i = 0; i < count; ++i)
    batch.journal.push_back({static_cast<std::uint64_t>(first + i), TimePoint{}, payload()});
  return batch;
}

std::unique_ptr<store::Writer> open_writer(const std::string& file) {
  auto writer = must(store::Writer::open(file));
  store::Batch batch;
  batch.run = kRun;
  batch.start.emplace();
  batch.start->row.id = kRun;
  batch.start->frozen.plan = "{}";
  writer->submit(std::move(batch));
  must(writer->flush());
  return writer;
}

void write_by_us(store::Writer& writer, const std::string& how, std::int64_t transitions) {
  if (how == "full") {
    std::atomic<std::int64_t> next = 1;
    std::function<void()> submit_next = [&] {
      const std::int64_t sequence = next++;
      if (sequence > transitions) return;
      writer.submit(batch_of(sequence, 1, store::Durability::full), [&](Result<> committed) {
        must(std::move(committed));
        submit_next();
      });
    };
    for (std::int64_t i = 0; i < kInFlight; ++i)
      submit_next();
    while (next <= transitions)
      must(writer.flush());
    must(writer.flush());
    return;
  }
  const std::int64_t at_once = how == "batches" ? kInBatch : 1;
  for (std::int64_t i = 1; i <= transitions; i += at_once) {
    writer.submit(batch_of(i, at_once, store::Durability::normal));
    must(writer.flush());
  }
}

class PlainSqlite {
 public:
  PlainSqlite(const std::string& file, bool full) {
    check(sqlite3_open(file.c_str(), &connection_));
    run("PRAGMA journal_mode = WAL");
    run(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    run("CREATE TABLE journal (run TEXT, sequence INTEGER, at TEXT, payload TEXT, PRIMARY KEY (run, "
        "sequence)) "
        "WITHOUT ROWID");
    check(sqlite3_prepare_v2(connection_,
                             "INSERT INTO journal VALUES ('bench', ?, '2026-11-20T08:31:00.123456Z', ?)", -1,
                             &insert_, nullptr));
  }
  ~PlainSqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(connection_);
  }
  PlainSqlite(const PlainSqlite&) = delete;
  PlainSqlite& operator=(const PlainSqlite&) = delete;

  void run(const char* sql) { check(sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr)); }
  void insert(std::int64_t sequence, const std::string& text) {
    sqlite3_bind_int64(insert_, 1, sequence);
    sqlite3_bind_text(insert_, 2, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    if (sqlite3_step(insert_) != SQLITE_DONE) give_up(sqlite3_errmsg(connection_));
    sqlite3_reset(insert_);
  }

 private:
  void check(int code) {
    if (code != SQLITE_OK) give_up(sqlite3_errmsg(connection_));
  }
  sqlite3* connection_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

void write_plainly(PlainSqlite& sqlite, const std::string& how, std::int64_t transitions) {
  const std::int64_t at_once = how == "alone" ? 1 : how == "full" ? kInFlight : kInBatch;
  for (std::int64_t i = 1; i <= transitions; i += at_once) {
    sqlite.run("BEGIN IMMEDIATE");
    for (std::int64_t j = i; j < i + at_once; ++j)
      sqlite.insert(j, payload());
    sqlite.run("COMMIT");
  }
}

}  // namespace

Figures probe_journal(Arguments& arguments) {
  const bool ours = arguments.text() == "ours";
  const std::string how = arguments.text();
  const std::int64_t transitions = arguments.number();
  const auto folder = must(os::TemporaryDirectory::create(arguments.text()));
  double seconds = 0;
  if (ours) {
    const auto writer = open_writer(folder / "state.db");
    seconds = seconds_of([&] { write_by_us(*writer, how, transitions); });
  } else {
    PlainSqlite sqlite(folder / "plain.db", how == "full");
    seconds = seconds_of([&] { write_plainly(sqlite, how, transitions); });
  }
  return {{"seconds", seconds}, {"per_second", static_cast<double>(transitions) / seconds}};
}

}  // namespace fleet::bench
