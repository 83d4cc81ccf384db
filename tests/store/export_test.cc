#include "store/export.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "store/copy_files.h"
#include "store/database.h"
#include "store/process_lock.h"
#include "store/schema.h"
#include "store/support.h"

namespace fleet::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class ExportTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GOOD(create_state(here_.root()));
    ASSERT_GOOD(create_state(there_.root()));
    auto writer = Writer::open(here_.database());
    ASSERT_GOOD(writer);
    for (const char* run : {"r1", "r2"}) {
      ASSERT_GOOD(create_run_folders(here_, run));
      (*writer)->submit(new_run(run));
      Batch batch = journal_batch(run, 1, "one");
      batch.journal.push_back({2, at(2), "two"});
      batch.events.push_back({1, at(1), model::RunEventKind::task_done, TaskIndex{0}, 1, {}, "well", {}, {}});
      batch.attempts.push_back(
          {"a", 1, model::Verdict::done, "run", "", object('1'), object('2'), {77, 5}, at(0), at(9), ""});
      batch.snapshots.push_back({"a", 1, "src/caf\xe9", object('3'), at(6)});
      batch.metrics.push_back({"a", 1, "duration", 1.5, at(7)});
      (*writer)->submit(std::move(batch));
      write_file(here_.log(run) / "a" / "1.log", "what it said");
      write_file(here_.kept(run) / "a" / "bin" / "tool", "#!/bin/sh");
      ::chmod((here_.kept(run) / "a" / "bin" / "tool").c_str(), 0755);
      std::filesystem::create_symlink("../../outside", here_.kept(run) / "a" / "link");
    }
    ASSERT_GOOD((*writer)->flush());
  }

  Result<Manifest> do_export(const std::string& run = "r1") { return export_run(here_, run, out_, at(100)); }
  Result<Manifest> do_import() { return import_run(out_, there_); }
  std::string import_error() {
    const auto imported = do_import();
    return imported ? "" : imported.error().message();
  }
  void change(const std::filesystem::path& file, const std::string& sql) {
    auto database = Database::open(file, Database::Mode::read_write);
    ASSERT_GOOD(database);
    ASSERT_GOOD(database->execute("PRAGMA foreign_keys = OFF; " + sql));
  }
  // That nothing came into the state, not even in part.
  void expect_nothing_taken() {
    EXPECT_FALSE(std::filesystem::exists(there_.log("r1") / "a"));
    EXPECT_FALSE(std::filesystem::exists(there_.kept("r1") / "a"));
    for (const auto& entry : std::filesystem::directory_iterator(there_.root()))
      EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("import")));
    if (!std::filesystem::exists(there_.database())) return;
    auto reader = Reader::open(there_.database());
    ASSERT_GOOD(reader);
    EXPECT_THAT(*reader->runs(), SizeIs(0));
  }

  TemporaryFolder folder_;
  Layout here_{folder_.path() / "here"};
  Layout there_{folder_.path() / "there"};
  std::filesystem::path out_ = folder_.path() / "out";
};

TEST_F(ExportTest, ARunIsTheSameElsewhere) {
  const auto exported = do_export();
  ASSERT_GOOD(exported);
  EXPECT_TRUE(exported->complete);
  const auto imported = do_import();
  ASSERT_GOOD(imported);
  EXPECT_EQ(imported->run, "r1");
  EXPECT_EQ(imported->workflow, "showroom");
  EXPECT_EQ(imported->start, object('a'));
  EXPECT_EQ(imported->exported, at(100));

  Reader from = *Reader::open(here_.database());
  Reader to = *Reader::open(there_.database());
  EXPECT_THAT(*to.runs(), SizeIs(1));
  EXPECT_EQ(to.run("r1")->created, from.run("r1")->created);
  EXPECT_EQ(to.frozen("r1")->plan, from.frozen("r1")->plan);
  EXPECT_EQ(to.frozen("r1")->workflow_source, from.frozen("r1")->workflow_source);
  EXPECT_THAT(*to.tasks("r1"), SizeIs(2));
  EXPECT_EQ(to.attempts("r1")->front().snapshot, object('2'));
  EXPECT_EQ(journal_of(to, "r1")[1].payload, "two");
  EXPECT_EQ(journal_of(to, "r1")[1].at, at(2));
  EXPECT_EQ(to.events("r1", 0)->front().message, "well");
  EXPECT_EQ(to.snapshots("r1")->front().path, "src/caf\xe9");
  EXPECT_EQ(to.metrics("r1")->front().value, 1.5);
  EXPECT_EQ(read_file(there_.log("r1") / "a" / "1.log"), "what it said");
  EXPECT_FALSE(lock_holder(there_.lock("r1")));
}

// What tasks handed on is theirs: links stay links, whatever they point at, and programs stay programs.
TEST_F(ExportTest, KeptFilesGoAlongAsTheyAre) {
  ASSERT_EQ(::mkfifo((here_.kept("r1") / "a" / "pipe").c_str(), 0600), 0);
  ASSERT_GOOD(do_export());
  ASSERT_GOOD(do_import());
  const std::filesystem::path kept = there_.kept("r1") / "a";
  EXPECT_EQ(read_file(kept / "bin" / "tool"), "#!/bin/sh");
  EXPECT_EQ(::access((kept / "bin" / "tool").c_str(), X_OK), 0);
  EXPECT_EQ(std::filesystem::read_symlink(kept / "link"), "../../outside");
  EXPECT_FALSE(std::filesystem::exists(kept / "pipe"));
}

// A table that somebody adds to the schema must travel with its run.
TEST_F(ExportTest, EveryTableOfTheSchemaIsTaken) {
  ASSERT_GOOD(do_export());
  auto database = Database::open(out_ / "run.db", Database::Mode::read_only);
  ASSERT_GOOD(database);
  auto tables = database->prepare("SELECT name FROM sqlite_schema WHERE type = 'table'");
  ASSERT_GOOD(tables);
  int count = 0;
  for (; *tables->step(); ++count)
    EXPECT_GT(*database->integer("SELECT count(*) FROM " + std::string(tables->text(0))), 0)
        << tables->text(0);
  EXPECT_EQ(count, 8);
}

TEST_F(ExportTest, HoldsThisRunAloneAndNothingOfThisMachine) {
  const std::string secret_place = folder_.path() / "nobody" / "should-see.yml";
  {
    auto writer = Writer::open(here_.database());
    ASSERT_GOOD(writer);
    Batch run = new_run("r3");
    run.start->row.workflow_path = secret_place;
    run.start->frozen.plan = run.start->frozen.plan.replace(
        run.start->frozen.plan.find(".fleet/workflow.yml"), sizeof ".fleet/workflow.yml" - 1, secret_place);
    run.start->row.token = "very secret token";
    (*writer)->submit(std::move(run));
    ASSERT_GOOD((*writer)->flush());
  }
  ASSERT_GOOD(do_export("r3"));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out_)) {
    if (!entry.is_regular_file()) continue;
    const std::string content = read_file(entry.path());
    EXPECT_THAT(content, Not(HasSubstr(folder_.path().string()))) << entry.path();
    EXPECT_THAT(content, Not(HasSubstr("very secret token"))) << entry.path();
    EXPECT_THAT(content, Not(HasSubstr("r1"))) << entry.path();
  }
  ASSERT_GOOD(do_import());
  Reader to = *Reader::open(there_.database());
  EXPECT_EQ(to.run("r3")->workflow_path, "should-see.yml");
  EXPECT_FALSE(to.run("r3")->owner);
  EXPECT_EQ(to.run("r3")->token, "");
}

TEST_F(ExportTest, ReplacesAnEarlierExportOfTheSameRunOnly) {
  ASSERT_GOOD(do_export());
  write_file(out_ / "log" / "stale.log", "");
  ASSERT_GOOD(do_export());
  EXPECT_FALSE(std::filesystem::exists(out_ / "log" / "stale.log"));
  const auto other = do_export("r2");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message(), HasSubstr("neither empty nor an export of this run"));
  EXPECT_EQ(read_manifest(out_)->run, "r1");
}

TEST_F(ExportTest, NeverTouchesAFolderOfSomethingElse) {
  write_file(out_ / "thesis.txt", "years of work");
  EXPECT_FALSE(do_export());
  EXPECT_EQ(read_file(out_ / "thesis.txt"), "years of work");
  EXPECT_FALSE(std::filesystem::exists(out_ / "run.db"));
}

TEST_F(ExportTest, TakesRunsFromADiskThatCannotBeWritten) {
  if (!can_mount())
    GTEST_SKIP() << "NOT TESTED: a disk that cannot be written; mounting a file system takes root, and is "
                    "refused here";
  const int result = in_child([&] {
    if (!mount_privately(here_.root(), nullptr, MS_BIND, nullptr)) return 10;
    if (::mount("none", here_.root().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0)
      return 11;
    return do_export() ? 0 : 12;
  });
  EXPECT_EQ(result, 0);
  EXPECT_GOOD(do_import());
}

TEST_F(ExportTest, OfAnUnknownRunSaysSo) {
  EXPECT_THAT(do_export("r9").error().message(), HasSubstr("cannot find the run r9"));
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(ExportTest, ThatWasCutOffIsRecognised) {
  const auto cut_off =
      export_run(here_, "r1", out_, at(100), [](const std::filesystem::path& folder) -> Result<> {
        EXPECT_TRUE(std::filesystem::exists(folder / "run.db"));
        return base::fail_world("write the bundle", "", "the disk is full");
      });
  EXPECT_FALSE(cut_off);
  EXPECT_THAT(import_error(), HasSubstr("half-written"));
  expect_nothing_taken();
  ASSERT_GOOD(do_export());
  EXPECT_EQ(import_error(), "");
}

TEST_F(ExportTest, OfANewerFormatIsRefused) {
  ASSERT_GOOD(do_export());
  write_file(out_ / "manifest.json", R"({"format": 2, "what": "is this"})");
  EXPECT_THAT(import_error(), HasSubstr("a newer fleet wrote it (format 2, this one knows 1)"));
}

TEST_F(ExportTest, ComesInOnceAndIsLeftAloneThen) {
  ASSERT_GOOD(do_export());
  ASSERT_GOOD(do_import());
  ASSERT_GOOD(do_import());
  Reader to = *Reader::open(there_.database());
  EXPECT_THAT(*to.metrics("r1"), SizeIs(1));
}

TEST_F(ExportTest, OfARunThatWentOnHereIsRefused) {
  ASSERT_GOOD(do_export());
  ASSERT_GOOD(do_import());
  {
    auto writer = Writer::open(there_.database());
    ASSERT_GOOD(writer);
    (*writer)->submit(journal_batch("r1", 3));
    ASSERT_GOOD((*writer)->flush());
  }
  EXPECT_THAT(import_error(), HasSubstr("is here already, and has gone on since it was exported"));
  Reader to = *Reader::open(there_.database());
  EXPECT_THAT(journal_of(to, "r1"), SizeIs(3));
  EXPECT_EQ(read_file(there_.log("r1") / "a" / "1.log"), "what it said");
}

TEST_F(ExportTest, OfARunThatComesHomeTakesThePlaceOfWhatItLeft) {
  ASSERT_GOOD(do_export());
  ASSERT_GOOD(do_import());
  {
    auto writer = Writer::open(here_.database());
    ASSERT_GOOD(writer);
    (*writer)->submit(journal_batch("r1", 3, "three"));
    ASSERT_GOOD((*writer)->flush());
  }
  write_file(here_.log("r1") / "a" / "2.log", "what it said then");
  ASSERT_GOOD(do_export());
  std::vector<Arrival> arrivals;
  ASSERT_GOOD(import_run(out_, there_, [&](const FrozenRun&, const std::filesystem::path&, Arrival arrival) {
    arrivals.push_back(arrival);
    return Result<>();
  }));
  EXPECT_THAT(arrivals, testing::ElementsAre(Arrival::home));
  Reader to = *Reader::open(there_.database());
  EXPECT_THAT(journal_of(to, "r1"), SizeIs(3));
  EXPECT_THAT(*to.metrics("r1"), SizeIs(1));
  EXPECT_EQ(read_file(there_.log("r1") / "a" / "2.log"), "what it said then");
}

TEST_F(ExportTest, OfARunThatWentOnInBothPlacesIsRefused) {
  ASSERT_GOOD(do_export());
  ASSERT_GOOD(do_import());
  for (const auto& [state, text] : {std::pair(&here_, "here"), std::pair(&there_, "there")}) {
    auto writer = Writer::open(state->database());
    ASSERT_GOOD(writer);
    (*writer)->submit(journal_batch("r1", 3, text));
    ASSERT_GOOD((*writer)->flush());
  }
  ASSERT_GOOD(do_export());
  EXPECT_THAT(import_error(), HasSubstr("is here already, and not the same"));
}

TEST_F(ExportTest, OfARunThatIsDrivenHereIsRefused) {
  ASSERT_GOOD(do_export());
  ASSERT_GOOD(create_run_folders(there_, "r1"));
  const auto lock = ProcessLock::take(there_.lock("r1"), "drive the run r1");
  ASSERT_GOOD(lock);
  EXPECT_THAT(import_error(), HasSubstr("holds its lock"));
}

TEST_F(ExportTest, WithAHostileManifestIsRefused) {
  ASSERT_GOOD(do_export());
  const std::string good = read_file(out_ / "manifest.json");
  for (const char* run : {"../../etc", "", "a/b", ".", "r2"}) {
    model::Json json = *model::parse_json(good, "it");
    json["run"] = run;
    write_file(out_ / "manifest.json", json.dump());
    EXPECT_NE(import_error(), "") << run;
  }
  for (const std::string& text : {std::string("[]"), std::string("{"), std::string(100'000, ' ') + good}) {
    write_file(out_ / "manifest.json", text);
    EXPECT_NE(import_error(), "");
  }
  std::filesystem::remove(out_ / "manifest.json");
  EXPECT_THAT(import_error(), HasSubstr("it holds no manifest.json"));
  write_file(folder_.path() / "elsewhere.json", good);
  std::filesystem::create_symlink(folder_.path() / "elsewhere.json", out_ / "manifest.json");
  EXPECT_NE(import_error(), "");
  expect_nothing_taken();
}

TEST_F(ExportTest, WithLinksOrSpecialFilesIsRefused) {
  ASSERT_GOOD(do_export());
  write_file(folder_.path() / "secret", "secret");
  const std::filesystem::path intruder = out_ / "log" / "x.log";
  std::filesystem::create_symlink(folder_.path() / "secret", intruder);
  EXPECT_THAT(import_error(), HasSubstr("it is a link"));
  std::filesystem::remove(intruder);
  std::filesystem::create_directory_symlink("/", intruder);
  EXPECT_THAT(import_error(), HasSubstr("it is a link"));
  std::filesystem::remove(intruder);
  ASSERT_EQ(::mkfifo(intruder.c_str(), 0600), 0);
  EXPECT_THAT(import_error(), HasSubstr("not a plain file"));
  std::filesystem::remove(intruder);
  std::filesystem::path deep = out_ / "log";
  for (int i = 0; i < 120; ++i)
    deep /= "d";
  std::filesystem::create_directories(deep);
  EXPECT_THAT(import_error(), HasSubstr("nested too deeply"));
  for (const char* name : {"log", "kept"}) {
    std::filesystem::remove_all(out_ / name);
    std::filesystem::create_directory_symlink("/etc", out_ / name);
    EXPECT_NE(import_error(), "");
    std::filesystem::remove(out_ / name);
  }
  std::filesystem::rename(out_ / "run.db", folder_.path() / "run.db");
  std::filesystem::create_symlink(folder_.path() / "run.db", out_ / "run.db");
  EXPECT_THAT(import_error(), HasSubstr("it is a link"));
  expect_nothing_taken();
}

TEST_F(ExportTest, WithAHostileDatabaseIsRefused) {
  struct Case {
    const char* sql;
    const char* said;
  };
  ASSERT_GOOD(do_export());
  const std::string good = read_file(out_ / "run.db");
  for (const Case& hostile : {
           Case{"CREATE TRIGGER t AFTER UPDATE ON runs BEGIN DELETE FROM tasks; END", "more than tables"},
           Case{"CREATE VIEW v AS SELECT * FROM runs", "more than tables"},
           Case{"CREATE TABLE extra (x TEXT)", "not those that fleet makes"},
           Case{"CREATE INDEX extra ON runs (token)", "not those that fleet makes"},
           Case{"DROP INDEX runs_by_age; CREATE INDEX runs_by_age ON runs (lower(id))",
                "not those that fleet makes"},
           Case{"ALTER TABLE runs ADD COLUMN extra TEXT", "not those that fleet makes"},
           Case{"ALTER TABLE runs ADD COLUMN extra TEXT AS (id)", "not those that fleet makes"},
           Case{"DROP TABLE events", "not those that fleet makes"},
           Case{"PRAGMA user_version = 99", "a newer fleet"},
           Case{"PRAGMA application_id = 5", "another program"},
           Case{"INSERT INTO runs SELECT 'r5', workflow, workflow_path, start_commit, state, fleet_version, "
                "owner_pid, "
                "owner_start_time, token, created_at, updated_at FROM runs",
                "does not hold the run r1 alone"},
           Case{"UPDATE runs SET id = 'r5'", "damaged"},  // the rows of r1 hang in the air
           Case{"UPDATE runs SET start_commit = NULL", "different start commits"},
           Case{"UPDATE runs SET workflow_path = '/etc/passwd'", "leads out of the repository"},
           Case{"UPDATE runs SET workflow_path = '../x'", "leads out of the repository"},
           Case{"UPDATE runs SET state = 'unheard of'", "unheard of"},
           Case{"DELETE FROM frozen", "is missing"},
           Case{"UPDATE frozen SET plan_json = '{'", "cannot read the plan"},
           Case{"UPDATE frozen SET plan_json = json_set(plan_json, '$.tasks[0].id', '../x')",
                "the id is not one"},
           Case{"UPDATE frozen SET plan_json = json_set(plan_json, '$.graph[0][0]', 1)", "stand before it"},
           Case{"UPDATE tasks SET position = 7", "not those of its plan"},
           Case{"UPDATE tasks SET id = 'c' WHERE id = 'b'", "not those of its plan"},
           Case{"DELETE FROM tasks", "damaged"},
           Case{"UPDATE tasks SET status = 'x'", "damaged"},
           Case{"UPDATE attempts SET number = 1 << 40", "damaged"},
           Case{"UPDATE snapshots SET content_hash = 'x'", "damaged"},
           Case{"UPDATE metrics SET timestamp = 'x'", "damaged"},
           Case{"UPDATE events SET kind = 'x'", "damaged"},
           Case{"DELETE FROM journal WHERE sequence = 1", "missing"},
           Case{"UPDATE journal SET sequence = -5 WHERE sequence = 2; UPDATE journal SET sequence = 3 WHERE "
                "sequence = 1",
                "missing"},
       }) {
    write_file(out_ / "run.db", good);
    change(out_ / "run.db", hostile.sql);
    EXPECT_THAT(import_error(), HasSubstr(hostile.said)) << hostile.sql;
    expect_nothing_taken();
  }
}

TEST_F(ExportTest, WithADamagedDatabaseIsRefused) {
  ASSERT_GOOD(do_export());
  const std::string good = read_file(out_ / "run.db");
  for (const std::string& content : {std::string(), std::string("noise"), good.substr(0, good.size() / 2)}) {
    write_file(out_ / "run.db", content);
    EXPECT_NE(import_error(), "") << content.size();
    EXPECT_EQ(read_file(out_ / "run.db"), content);
  }
  std::filesystem::remove(out_ / "run.db");
  EXPECT_NE(import_error(), "");
  expect_nothing_taken();
}

// A process number from another machine must never be taken for one of ours.
TEST_F(ExportTest, ProcessesThatItNamesAreForgotten) {
  ASSERT_GOOD(do_export());
  change(out_ / "run.db",
         "UPDATE runs SET owner_pid = 4321, owner_start_time = 1, token = 'of a process here'; "
         "UPDATE attempts SET pid = 4321");
  ASSERT_GOOD(do_import());
  Reader to = *Reader::open(there_.database());
  EXPECT_FALSE(to.run("r1")->owner);
  EXPECT_EQ(to.run("r1")->token, "") << "by it, processes are found and ended";
  EXPECT_EQ(to.attempts("r1")->front().process.pid, 0);
}

TEST_F(ExportTest, CountsAsHereOnlyWhenAllElseIsTaken) {
  ASSERT_GOOD(do_export());
  write_file(out_ / "bundle", "of another room");
  int asked = 0;
  const auto take = [&](bool works) {
    return import_run(
        out_, there_,
        [&](const FrozenRun& frozen, const std::filesystem::path& staging, Arrival arrival) -> Result<> {
          EXPECT_EQ(arrival, Arrival::first);
          ++asked;
          EXPECT_EQ(frozen.options, "{}");
          EXPECT_GOOD(copy_plain_file(out_ / "bundle", staging / "bundle", 100));
          if (works) return {};
          return base::fail_input("take", "the bundle", "it is not this run's");
        });
  };
  EXPECT_THAT(take(false).error().message(), HasSubstr("not this run's"));
  expect_nothing_taken();
  ASSERT_GOOD(take(true));
  ASSERT_GOOD(take(true));
  EXPECT_EQ(asked, 2) << "the run was here already";
}

TEST_F(ExportTest, OfARunWithoutLogsIsFine) {
  std::filesystem::remove_all(here_.log("r1"));
  ASSERT_GOOD(do_export());
  std::filesystem::remove_all(out_ / "log");
  ASSERT_GOOD(do_import());
  EXPECT_TRUE(std::filesystem::is_directory(there_.log("r1")));
}

}  // namespace
}  // namespace fleet::store
