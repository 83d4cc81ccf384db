#include "store/reader.h"

#include <gmock/gmock.h>

#include "store/database.h"
#include "store/support.h"

namespace fleet::store {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

class ReaderTest : public testing::Test {
 protected:
  void write(std::vector<Batch> batches) {
    auto writer = Writer::open(file_);
    ASSERT_GOOD(writer);
    for (Batch& batch : batches)
      (*writer)->submit(std::move(batch));
    ASSERT_GOOD((*writer)->flush());
  }
  void change(const std::string& sql) {
    auto database = Database::open(file_, Database::Mode::read_write);
    ASSERT_GOOD(database);
    ASSERT_GOOD(database->execute(sql));
  }
  Reader read() {
    auto reader = Reader::open(file_);
    EXPECT_TRUE(reader) << reader.error().message();
    return *std::move(reader);
  }
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "state.db";
};

TEST_F(ReaderTest, ListsTheNewestRunsFirst) {
  Batch older = new_run("r1");
  Batch newer = new_run("r2");
  newer.start->row.created = at(5);
  write({older, newer});
  Reader reader = read();
  ASSERT_THAT(*reader.runs(), SizeIs(2));
  EXPECT_EQ(reader.runs()->front().id, "r2");
  EXPECT_THAT(*reader.runs(1), SizeIs(1));
}

// Whoever makes it was killed, or is at work.
TEST_F(ReaderTest, FindsNoRunsWhereNothingWasMadeYet) {
  write_file(file_, "");
  EXPECT_THAT(*read().runs(), SizeIs(0));
  EXPECT_THAT(read().run("x").error().message(), HasSubstr("no run was started here yet"));
  ASSERT_GOOD(Database::open(file_, Database::Mode::read_write)->use_write_ahead_log());
  EXPECT_GT(std::filesystem::file_size(file_), 0u);
  EXPECT_THAT(*read().runs(), SizeIs(0));
  write({new_run("r1")});
  EXPECT_THAT(*read().runs(), SizeIs(1));
}

TEST_F(ReaderTest, SaysWhichRunsThereAre) {
  write({});
  EXPECT_THAT(read().run("x").error().message(), HasSubstr("no run was started here yet"));
  write({new_run("r1")});
  const auto run = read().run("x");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().fault, base::Fault::input);
  EXPECT_THAT(run.error().hint, HasSubstr("r1"));
}

TEST_F(ReaderTest, GivesTheJournalFromAnywhereUntilTold) {
  write({new_run("r1"), journal_batch("r1", 1), journal_batch("r1", 2), journal_batch("r1", 3)});
  Reader reader = read();
  std::vector<std::uint64_t> seen;
  ASSERT_GOOD(reader.journal("r1", 2, [&](const JournalEntry& entry) {
    seen.push_back(entry.sequence);
    return Result<>();
  }));
  EXPECT_THAT(seen, ElementsAre(2, 3));
  const auto ended = reader.journal(
      "r1", 0, [](const JournalEntry&) -> Result<> { return base::fail_world("go on", "", "it is enough"); });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().why, "it is enough");
  // And once more: the statement that was left is good again.
  EXPECT_THAT(journal_of(reader, "r1"), SizeIs(3));
}

TEST_F(ReaderTest, FindsAMissingEntryOfTheJournal) {
  write({new_run("r1"), journal_batch("r1", 1), journal_batch("r1", 2), journal_batch("r1", 3)});
  change("DELETE FROM journal WHERE sequence = 2");
  const auto read_all = read().journal("r1", 1, [](const JournalEntry&) { return Result<>(); });
  ASSERT_FALSE(read_all);
  EXPECT_THAT(read_all.error().message(), HasSubstr("entry 2 of the journal of the run r1 is missing"));
}

TEST_F(ReaderTest, ReportsRowsThatNobodyCouldHaveWritten) {
  write({new_run("r1")});
  change("UPDATE tasks SET status = 'dnoe' WHERE id = 'b'");
  EXPECT_THAT(read().tasks("r1").error().message(), HasSubstr("column 4 of a row holds `dnoe`"));
  change("UPDATE tasks SET status = 'done', position = -1 WHERE id = 'b'");
  EXPECT_FALSE(read().tasks("r1"));
  change("UPDATE runs SET start_commit = 'xyz'");
  EXPECT_FALSE(read().runs());
  change("UPDATE runs SET start_commit = NULL, created_at = 'yesterday'");
  EXPECT_FALSE(read().runs());
  change("UPDATE runs SET created_at = '2026-11-20T08:31:00.000000Z', owner_pid = -1");
  EXPECT_FALSE(read().runs());
}

TEST_F(ReaderTest, TheDatabaseOfANewerFleetIsRefused) {
  write({new_run("r1")});
  change("PRAGMA user_version = 999");
  EXPECT_THAT(Reader::open(file_).error().message(), HasSubstr("a newer fleet wrote it (schema 999"));
}

Batch attempt(const std::string& run, const std::string& task, int number, Duration took,
              model::Verdict verdict = model::Verdict::done) {
  Batch batch;
  batch.run = run;
  batch.attempts.push_back({task, number, verdict, "run", "", {}, {}, {}, at(0), at(took.count()), ""});
  return batch;
}

TEST_F(ReaderTest, TalliesWhatAgentsDidByThemselves) {
  const auto by = [](const char* agent, const char* task, int number, model::Verdict verdict) {
    Batch batch = attempt("r0", task, number, 1s, verdict);
    batch.attempts.front().agent = agent;
    return batch;
  };
  using model::Verdict;
  write({new_run("r0"), by("coder", "a", 1, Verdict::failed), by("coder", "a", 2, Verdict::interrupted),
         by("coder", "a", 3, Verdict::cancelled), by("coder", "a", 4, Verdict::done),
         by("other", "b", 1, Verdict::no_change), by("", "b", 2, Verdict::done),
         by("run", "b", 3, Verdict::done)});
  const auto tallies = *read().agent_tallies();
  ASSERT_EQ(tallies.size(), 2u);
  EXPECT_EQ(tallies.at("coder").tries, 2);
  EXPECT_EQ(tallies.at("coder").done, 1);
  EXPECT_EQ(tallies.at("other").tries, 1);
  EXPECT_EQ(tallies.at("other").done, 0);
}

TEST_F(ReaderTest, TheTypicalDurationIsTheMedianOfAttemptsThatWereDone) {
  std::vector<Batch> batches;
  for (int i = 0; i < 3; ++i) {
    const std::string run = fmt::format("r{}", i);
    batches.push_back(new_run(run));
    batches.push_back(attempt(run, "a", 1, 100s, model::Verdict::failed));
    batches.push_back(attempt(run, "a", 2, std::chrono::seconds(1 + 10 * i)));  // 1, 11, 21
  }
  Batch other = new_run("other");
  other.start->row.workflow = "another workflow";
  batches.push_back(other);
  batches.push_back(attempt("other", "a", 1, 999s));
  batches.push_back(attempt("other", "b", 1, 999s));
  write(std::move(batches));
  EXPECT_THAT(*read().typical_durations("showroom"), ElementsAre(Pair("a", Duration(11s))));
  EXPECT_THAT(*read().typical_durations("unknown"), SizeIs(0));
}

TEST_F(ReaderTest, TheTypicalDurationForgetsTheDistantPast) {
  std::vector<Batch> batches;
  for (int i = 0; i < 25; ++i) {
    const std::string run = fmt::format("r{}", i);
    Batch start = new_run(run);
    start.start->row.created = at(i);
    batches.push_back(std::move(start));
    batches.push_back(attempt(run, "a", 1, i < 15 ? 100s : 2s));
  }
  write(std::move(batches));
  EXPECT_THAT(*read().typical_durations("showroom"), ElementsAre(Pair("a", Duration(2s))));
}

// Columns that were promised to users and their scripts.
TEST_F(ReaderTest, ThePromisedColumnsAreThere) {
  write({new_run("r1")});
  auto database = Database::open(file_, Database::Mode::read_only);
  ASSERT_GOOD(database);
  EXPECT_GOOD(database->integer("SELECT id, name, status, result_json, created_at, updated_at FROM tasks"));
  EXPECT_GOOD(
      database->integer("SELECT id, task_id, file_path, content_hash, content, created_at FROM snapshots"));
  EXPECT_GOOD(database->integer("SELECT id, task_id, metric_name, metric_value, timestamp FROM metrics"));
  EXPECT_EQ(*database->integer("SELECT strftime('%s', created_at) FROM tasks"), 1'795'163'460);
}

}  // namespace
}  // namespace fleet::store
