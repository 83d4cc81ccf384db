#include "store/database.h"

#include <gmock/gmock.h>

#include <map>

#include "store/schema.h"
#include "store/support.h"

namespace fleet::store {
namespace {

using testing::HasSubstr;

const Schema kFirst{7, 1, "CREATE TABLE things (name TEXT) STRICT; INSERT INTO things VALUES ('one')", {}};
const Schema kThird{7,
                    3,
                    "CREATE TABLE things (name TEXT, size INTEGER, weight REAL) STRICT",
                    {{2, "ALTER TABLE things ADD COLUMN size INTEGER; UPDATE things SET size = 5"},
                     {3, "ALTER TABLE things ADD COLUMN weight REAL; UPDATE things SET weight = size * 2"}}};

class DatabaseTest : public testing::Test {
 protected:
  Database open(Database::Mode mode = Database::Mode::create) {
    auto database = Database::open(file_, mode);
    EXPECT_TRUE(database) << database.error().message();
    return *std::move(database);
  }
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "a #strange? 100% name\xff.db";
};

TEST_F(DatabaseTest, KeepsTextOfAnyBytesAndNumbersOfAnySize) {
  Database database = open();
  ASSERT_GOOD(database.execute("CREATE TABLE t (a TEXT, b INTEGER, c REAL, d TEXT, e TEXT) STRICT"));
  const std::string bytes("caf\xe9\0\xff", 6);
  {
    auto insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)");
    ASSERT_GOOD(insert);
    ASSERT_GOOD(
        insert->bind(1, bytes).bind(2, std::int64_t{-1} << 62).bind(3, 0.1).bind_null(4).bind(5, "").run());
  }
  auto select = database.prepare("SELECT * FROM t");
  ASSERT_GOOD(select);
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->text(0), bytes);
  EXPECT_EQ(select->integer(1), std::int64_t{-1} << 62);
  EXPECT_EQ(select->real(2), 0.1);
  EXPECT_TRUE(select->is_null(3));
  EXPECT_FALSE(select->is_null(4));
  EXPECT_FALSE(*select->step());
}

TEST_F(DatabaseTest, ATransactionWithoutACommitLeavesNothing) {
  Database database = open();
  ASSERT_GOOD(database.execute("CREATE TABLE t (a TEXT)"));
  {
    auto transaction = Transaction::begin(database, Transaction::Kind::write);
    ASSERT_GOOD(transaction);
    ASSERT_GOOD(database.execute("INSERT INTO t VALUES ('x')"));
  }
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 0);
  auto transaction = Transaction::begin(database, Transaction::Kind::write);
  ASSERT_GOOD(transaction);
  ASSERT_GOOD(database.execute("INSERT INTO t VALUES ('x')"));
  ASSERT_GOOD(transaction->commit());
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, WhoOnlyReadsIsNotHeldUpByARollbackJournalThatWasLeft) {
  const std::filesystem::path copy = folder_.path() / "copy.db";
  {
    Database database = open();
    ASSERT_GOOD(database.execute("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('old')"));
    ASSERT_GOOD(database.execute("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN"));
    ASSERT_GOOD(database.execute("UPDATE t SET a = 'new'"));
    ASSERT_GOOD(
        database.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
                         "INSERT INTO t SELECT hex(randomblob(2000)) FROM n"));
    for (const char* suffix : {"", "-journal"})  // as a process leaves them that is killed now
      std::filesystem::copy_file(file_.string() + suffix, copy.string() + suffix);
  }
  auto reader = Database::open(copy, Database::Mode::read_only);
  ASSERT_GOOD(reader);
  EXPECT_EQ(*reader->text("SELECT group_concat(a) FROM t"), "old");
}

TEST_F(DatabaseTest, HoldsReferencesToExist) {
  Database database = open();
  ASSERT_GOOD(database.execute("CREATE TABLE a (id TEXT PRIMARY KEY); CREATE TABLE b (a TEXT REFERENCES a)"));
  EXPECT_FALSE(database.execute("INSERT INTO b VALUES ('nobody')"));
}

TEST_F(DatabaseTest, IsAsSafeWithoutAWriteAheadLog) {
  auto memory = Database::open(":memory:", Database::Mode::create);
  ASSERT_GOOD(memory);
  ASSERT_GOOD(memory->use_write_ahead_log());
  ASSERT_GOOD(memory->set_synchronous(Database::Synchronous::normal));
  EXPECT_EQ(*memory->integer("PRAGMA synchronous"), 2);
  Database file = open();
  ASSERT_GOOD(file.use_write_ahead_log());
  ASSERT_GOOD(file.set_synchronous(Database::Synchronous::normal));
  EXPECT_EQ(*file.integer("PRAGMA synchronous"), 1);
  ASSERT_GOOD(file.set_synchronous(Database::Synchronous::full));
  EXPECT_EQ(*file.integer("PRAGMA synchronous"), 2);
}

TEST_F(DatabaseTest, ACommitThatFailsCouldNotWrite) {
  Database database = open();
  ASSERT_GOOD(
      database.execute("CREATE TABLE a (id TEXT PRIMARY KEY); "
                       "CREATE TABLE b (a TEXT REFERENCES a DEFERRABLE INITIALLY DEFERRED)"));
  auto transaction = Transaction::begin(database, Transaction::Kind::write);
  ASSERT_GOOD(transaction);
  ASSERT_GOOD(database.execute("INSERT INTO b VALUES ('nobody')"));
  const auto committed = transaction->commit();
  ASSERT_FALSE(committed);
  EXPECT_THAT(committed.error().message(), HasSubstr("cannot write the state"));
}

TEST_F(DatabaseTest, SaysThatThereIsNone) {
  const auto database = Database::open(file_, Database::Mode::read_only);
  ASSERT_FALSE(database);
  EXPECT_THAT(database.error().message(), HasSubstr("there is none"));
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(DatabaseTest, IsMadeAndThenMigratedStepByStep) {
  {
    Database database = open();
    ASSERT_GOOD(database.bring_up_to_date(kFirst));
    ASSERT_GOOD(database.bring_up_to_date(kFirst));
    EXPECT_EQ(*database.version(), 1);
  }
  Database database = open();
  ASSERT_GOOD(database.bring_up_to_date(kThird));
  EXPECT_EQ(*database.version(), 3);
  EXPECT_EQ(*database.text("SELECT name || size || weight FROM things"), "one510.0");
  // An empty file gets the whole at once.
  file_ = folder_.path() / "fresh.db";
  Database fresh = open();
  ASSERT_GOOD(fresh.bring_up_to_date(kThird));
  EXPECT_EQ(*fresh.integer("SELECT count(*) FROM things"), 0);
}

TEST_F(DatabaseTest, AMigrationThatFailsChangesNothing) {
  Database database = open();
  ASSERT_GOOD(database.bring_up_to_date(kFirst));
  Schema broken = kThird;
  broken.migrations[1].sql = "UPDATE things SET name = 'lost'; ALTER TABLE nothing ADD COLUMN x";
  EXPECT_FALSE(database.bring_up_to_date(broken));
  EXPECT_EQ(*database.version(), 1);
  EXPECT_EQ(*database.text("SELECT group_concat(name) FROM things"), "one");
  EXPECT_FALSE(database.integer("SELECT size FROM things"));
  // References are held again afterwards.
  EXPECT_EQ(*database.integer("PRAGMA foreign_keys"), 1);
}

TEST_F(DatabaseTest, AMigrationThatBreaksReferencesIsRefused) {
  Database database = open();
  ASSERT_GOOD(database.bring_up_to_date({7,
                                         1,
                                         "CREATE TABLE a (id TEXT PRIMARY KEY); CREATE TABLE b (a TEXT "
                                         "REFERENCES a); INSERT INTO a VALUES ('x'); "
                                         "INSERT INTO b VALUES ('x')",
                                         {}}));
  const auto migrated = database.bring_up_to_date({7, 2, "", {{2, "DELETE FROM a"}}});
  ASSERT_FALSE(migrated);
  EXPECT_EQ(*database.integer("SELECT count(*) FROM a"), 1);
}

// Version 1 had the needs of a task in its frozen plan.
TEST_F(DatabaseTest, ThePlansOfVersionOneLoseTheirNeeds) {
  std::string old_tasks, new_tasks;
  for (int task = 0; task < 12; ++task) {
    const std::string begin =
        fmt::format(R"({}{{"id":"t{}","spec":{{"env":{{"needs":"1.10 \u00e9"}})", task == 0 ? "" : ",", task);
    old_tasks += begin + R"(,"needs":["t0"]}})";
    new_tasks += begin + "}}";
  }
  const std::string after = R"(],"levels":3})";
  const std::map<std::string, std::string> plans{
      {"good", R"({"tasks":[)" + old_tasks + after}, {"torn", R"({"tasks":[)"}, {"without", "{}"}};
  {
    Database database = open();
    ASSERT_GOOD(database.bring_up_to_date(state_schema()));
    for (const auto& [run, plan] : plans) {
      ASSERT_GOOD(database.execute("INSERT INTO runs VALUES ('" + run +
                                   "', '', '', NULL, 'running', '', NULL, NULL, '', '', '')"));
      auto insert = database.prepare("INSERT INTO frozen VALUES (?, '', ?, '')");
      ASSERT_GOOD(insert);
      ASSERT_GOOD(insert->bind(1, run).bind(2, plan).run());
    }
    ASSERT_GOOD(database.execute("PRAGMA user_version = 1"));
  }
  Database database = open();
  ASSERT_GOOD(database.bring_up_to_date(state_schema()));
  EXPECT_EQ(*database.text("SELECT plan_json FROM frozen WHERE run = 'good'"),
            R"({"tasks":[)" + new_tasks + after);
  // A plan that cannot be read keeps no other from being brought up to date.
  EXPECT_EQ(*database.text("SELECT plan_json FROM frozen WHERE run = 'torn'"), plans.at("torn"));
  EXPECT_EQ(*database.text("SELECT plan_json FROM frozen WHERE run = 'without'"), "{}");
}

TEST_F(DatabaseTest, OfANewerFleetIsRefusedAndLeftAlone) {
  ASSERT_GOOD(open().bring_up_to_date(kThird));
  const std::string before = read_file(file_);
  const auto old = open().bring_up_to_date(kFirst);
  ASSERT_FALSE(old);
  EXPECT_THAT(old.error().message(), HasSubstr("a newer fleet wrote it (schema 3, this one knows 1)"));
  EXPECT_THAT(old.error().hint, HasSubstr("use that fleet"));
  EXPECT_EQ(read_file(file_), before);
}

TEST_F(DatabaseTest, OfAnotherProgramIsRefusedAndLeftAlone) {
  ASSERT_GOOD(open().execute("CREATE TABLE theirs (x)"));
  const std::string before = read_file(file_);
  const auto result = open().bring_up_to_date(kFirst);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message(), HasSubstr("another program"));
  EXPECT_EQ(read_file(file_), before);
}

TEST_F(DatabaseTest, WithAnOlderSchemaIsOnlyCheckedWhereItIsOnlyRead) {
  ASSERT_GOOD(open().bring_up_to_date(kFirst));
  EXPECT_FALSE(open(Database::Mode::read_only).bring_up_to_date(kThird));
  EXPECT_EQ(*open().version(), 1);
}

TEST_F(DatabaseTest, IsMadeOnceByManyProcesses) {
  for (int round = 0; round < 20; ++round) {
    file_ = folder_.path() / fmt::format("{}.db", round);
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
      const pid_t child = ::fork();
      if (child == 0) {
        const bool was_there = std::filesystem::exists(file_);
        ::_exit((!was_there || Reader::open(file_)) && open_state_database(file_) ? 0 : 1);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_EQ(status, 0) << "round " << round;
    }
    ASSERT_TRUE(open_state_database(file_));
  }
}

class Damage : public DatabaseTest {
 protected:
  void SetUp() override {
    Database database = open();
    ASSERT_GOOD(database.bring_up_to_date(kFirst));
    ASSERT_GOOD(database.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
        "INSERT INTO things SELECT printf('%100d', i) FROM n; CREATE INDEX by_name ON things (name)"));
  }
  // The message of opening, migrating and checking it.
  std::string complaint() {
    auto database = Database::open(file_, Database::Mode::create);
    if (!database) return database.error().message();
    if (auto good = database->bring_up_to_date(kFirst); !good) return good.error().message();
    if (auto good = database->check_integrity(); !good) return good.error().message();
    return "";
  }
  void expect_damaged(const std::string& content) {
    write_file(file_, content);
    const std::string message = complaint();
    EXPECT_THAT(message, HasSubstr("it is damaged"));
    EXPECT_THAT(message, HasSubstr(file_.string()));
    EXPECT_THAT(message, HasSubstr("it was left as it is"));
    EXPECT_EQ(read_file(file_), content);
  }
};

TEST_F(Damage, NoneIsFoundWhereThereIsNone) {
  EXPECT_EQ(complaint(), "");
}

TEST_F(Damage, IsFoundInAFileOfNoise) {
  expect_damaged(std::string(5000, 'x'));
}

TEST_F(Damage, IsFoundInATornFile) {
  const std::string whole = read_file(file_);
  expect_damaged(whole.substr(0, whole.size() / 2));
  expect_damaged(whole.substr(0, 100));
}

TEST_F(Damage, IsFoundInsideAPage) {
  std::string content = read_file(file_);
  for (std::size_t i = content.size() / 2; i < content.size() / 2 + 4096; ++i)
    content[i] = 'x';
  expect_damaged(content);
}

// SQLite takes an empty file for a new database, and so it is: nothing can be lost in it.
TEST_F(Damage, AnEmptyFileIsANewDatabase) {
  write_file(file_, "");
  EXPECT_EQ(complaint(), "");
}

TEST_F(DatabaseTest, IsReadOnADiskThatCannotBeWritten) {
  if (!can_mount())
    GTEST_SKIP() << "NOT TESTED: a disk that cannot be written; mounting a file system takes root, and is "
                    "refused here";
  { Database database = *open_state_database(file_); }
  const int result = in_child([&] {
    if (!mount_privately(folder_.path(), nullptr, MS_BIND, nullptr)) return 10;
    if (::mount("none", folder_.path().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0)
      return 11;
    auto reader = Reader::open(file_);
    if (!reader || !reader->runs()) return 12;
    const auto writer = open_state_database(file_);
    if (writer || writer.error().hint.find("--state DIR") == std::string::npos) return 13;
    const auto state = create_state(folder_.path());
    if (state || state.error().hint.find("--state DIR") == std::string::npos) return 14;
    return 0;
  });
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace fleet::store
