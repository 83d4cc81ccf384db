#include "store/writer.h"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <limits>
#include <random>
#include <thread>

#include "store/database.h"
#include "store/support.h"

namespace fleet::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class WriterTest : public testing::Test {
 protected:
  std::unique_ptr<Writer> open() {
    auto writer = Writer::open(file_);
    EXPECT_TRUE(writer) << writer.error().message();
    return *std::move(writer);
  }
  Reader read() {
    auto reader = Reader::open(file_);
    EXPECT_TRUE(reader) << reader.error().message();
    return *std::move(reader);
  }
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "state.db";
};

TEST_F(WriterTest, WhatIsCommittedIsReadBack) {
  const auto writer = open();
  writer->submit(new_run("r1"));
  Batch batch = journal_batch("r1", 1, "payload \xff");
  batch.update = RunUpdate{model::RunState::failed, std::nullopt, at(9), "new-token"};
  batch.events.push_back({1, at(1), model::RunEventKind::conflict, TaskIndex{1}, 2, model::Verdict::timed_out,
                          "two of them", TaskIndex{0}, at(2)});
  batch.events.push_back({2, at(3), model::RunEventKind::run_finished, {}, 0, {}, "", {}, {}});
  batch.tasks.push_back({"b", model::TaskState::backing_off, "it failed", "{\"verdict\":\"failed\"}", at(4)});
  batch.attempts.push_back({"b",
                            1,
                            model::Verdict::timed_out,
                            "run",
                            "too slow",
                            object('1'),
                            object('2'),
                            {77, 12345678901},
                            at(1),
                            at(1'500'001),
                            "{\"verdict\":\"timed-out\"}"});
  batch.attempts.push_back({"a", 1, {}, "run", "", {}, {}, {}, at(5), {}, ""});
  batch.snapshots.push_back({"b", 1, "src/caf\xe9", object('3'), at(6)});
  batch.snapshots.push_back({"b", 1, "removed", {}, at(6)});
  batch.metrics.push_back({"b", 1, "duration", 1.5, at(7)});
  batch.metrics.push_back({"", 0, "efficiency", 0.25, at(7)});
  batch.metrics.push_back({"", 0, "nonsense", std::numeric_limits<double>::quiet_NaN(), at(7)});
  writer->submit(std::move(batch));
  ASSERT_GOOD(writer->flush());

  Reader reader = read();
  const auto run = reader.run("r1");
  ASSERT_GOOD(run);
  EXPECT_EQ(run->workflow, "showroom");
  EXPECT_EQ(run->workflow_path, ".fleet/workflow.yml");
  EXPECT_EQ(run->start, object('a'));
  EXPECT_EQ(run->state, model::RunState::failed);
  EXPECT_EQ(run->token, "new-token");
  EXPECT_EQ(run->owner->pid, 4321);
  EXPECT_EQ(run->owner->start_time, 99u);
  EXPECT_EQ(run->created, at(0));
  EXPECT_EQ(run->updated, at(9));
  EXPECT_EQ(reader.frozen("r1")->workflow_source, "version: 1\n");
  EXPECT_EQ(reader.frozen("r1")->options, "{}");
  EXPECT_TRUE(model::from_json<model::Plan>(*model::parse_json(reader.frozen("r1")->plan, "it"), "it"));

  const auto entries = journal_of(reader, "r1");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].at, at(1));
  EXPECT_EQ(entries[0].payload, "payload \xff");

  const auto events = reader.events("r1", 0);
  ASSERT_GOOD(events);
  ASSERT_THAT(*events, SizeIs(2));
  EXPECT_EQ(model::to_json(events->front()),
            model::to_json(model::RunEvent{1, at(1), model::RunEventKind::conflict, TaskIndex{1}, 2,
                                           model::Verdict::timed_out, "two of them", TaskIndex{0}, at(2)}));
  EXPECT_FALSE(events->back().task);
  EXPECT_FALSE(events->back().verdict);
  EXPECT_FALSE(events->back().until);
  EXPECT_THAT(*reader.events("r1", 1), SizeIs(1));
  EXPECT_THAT(*reader.events("r1", 0, 1), SizeIs(1));

  const auto tasks = reader.tasks("r1");
  ASSERT_GOOD(tasks);
  ASSERT_THAT(*tasks, SizeIs(2));
  EXPECT_EQ((*tasks)[0].state, model::TaskState::waiting);
  EXPECT_EQ((*tasks)[1].id, "b");
  EXPECT_EQ((*tasks)[1].index, TaskIndex{1});
  EXPECT_EQ((*tasks)[1].state, model::TaskState::backing_off);
  EXPECT_EQ((*tasks)[1].reason, "it failed");
  EXPECT_EQ((*tasks)[1].result_json, "{\"verdict\":\"failed\"}");
  EXPECT_EQ((*tasks)[1].created, at(0));
  EXPECT_EQ((*tasks)[1].updated, at(4));

  const auto attempts = reader.attempts("r1");
  ASSERT_GOOD(attempts);
  ASSERT_THAT(*attempts, SizeIs(2));
  EXPECT_FALSE((*attempts)[0].verdict);
  EXPECT_FALSE((*attempts)[0].finished);
  auto database = Database::open(file_, Database::Mode::read_only);
  ASSERT_GOOD(database);
  EXPECT_EQ(
      *database->text("SELECT group_concat(task_id || ':' || coalesce(duration, 'none')) FROM attempts"),
      "b:1.5,a:none");
  EXPECT_EQ((*attempts)[1].verdict, model::Verdict::timed_out);
  EXPECT_EQ((*attempts)[1].base, object('1'));
  EXPECT_EQ((*attempts)[1].snapshot, object('2'));
  EXPECT_EQ((*attempts)[1].process.start_time, 12345678901u);
  EXPECT_EQ((*attempts)[1].finished, at(1'500'001));

  EXPECT_EQ((*attempts)[1].result_json, "{\"verdict\":\"timed-out\"}");
  EXPECT_EQ((*reader.attempt("r1", "b", 1))->process.pid, 77);
  EXPECT_FALSE(*reader.attempt("r1", "b", 2));

  const auto snapshots = reader.snapshots("r1");
  ASSERT_GOOD(snapshots);
  ASSERT_THAT(*snapshots, SizeIs(2));
  EXPECT_EQ((*snapshots)[0].path, "src/caf\xe9");
  EXPECT_EQ((*snapshots)[0].content, object('3'));
  EXPECT_TRUE((*snapshots)[1].content.is_none());

  const auto metrics = reader.metrics("r1");
  ASSERT_GOOD(metrics);
  ASSERT_THAT(*metrics, SizeIs(2));
  EXPECT_EQ((*metrics)[0].task_id, "b");
  EXPECT_EQ((*metrics)[0].value, 1.5);
  EXPECT_EQ((*metrics)[1].task_id, "");
}

TEST_F(WriterTest, AnAttemptIsWrittenAgainAsItEnds) {
  const auto writer = open();
  writer->submit(new_run("r1"));
  Batch begin;
  begin.run = "r1";
  begin.attempts.push_back({"a", 1, {}, "run", "", object('1'), {}, {77, 5}, at(0), {}, ""});
  writer->submit(begin);
  Batch end;
  end.run = "r1";
  end.attempts.push_back(
      {"a", 1, model::Verdict::done, "run", "", object('1'), object('2'), {77, 5}, at(0), at(9), ""});
  end.tasks.push_back({"a", model::TaskState::done, "", "{}", at(9)});
  writer->submit(end);
  Batch later;  // without a result: the one that is there stays
  later.run = "r1";
  later.tasks.push_back({"a", model::TaskState::waiting, "taken back", "", at(10)});
  writer->submit(later);
  ASSERT_GOOD(writer->flush());
  Reader reader = read();
  ASSERT_THAT(*reader.attempts("r1"), SizeIs(1));
  EXPECT_EQ(reader.attempts("r1")->front().verdict, model::Verdict::done);
  EXPECT_EQ(reader.tasks("r1")->front().result_json, "{}");
}

TEST_F(WriterTest, AnswersInTheOrderOfSubmissionFromManyThreads) {
  const auto writer = open();
  for (int run = 0; run < 4; ++run)
    writer->submit(new_run(fmt::format("r{}", run)));
  std::vector<std::vector<std::uint64_t>> answered(4);
  std::vector<std::thread> threads;
  for (std::size_t run = 0; run < 4; ++run) {
    threads.emplace_back([&, run] {
      for (std::uint64_t sequence = 1; sequence <= 500; ++sequence) {
        Batch batch = journal_batch(fmt::format("r{}", run), sequence);
        if (sequence % 100 == 0) batch.durability = Durability::full;
        writer->submit(std::move(batch), [&answered, run, sequence](Result<> committed) {
          EXPECT_TRUE(committed);
          answered[run].push_back(sequence);
        });
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  ASSERT_GOOD(writer->flush());
  Reader reader = read();
  for (std::size_t run = 0; run < 4; ++run) {
    ASSERT_THAT(answered[run], SizeIs(500));
    EXPECT_TRUE(std::is_sorted(answered[run].begin(), answered[run].end()));
    EXPECT_THAT(journal_of(reader, fmt::format("r{}", run)), SizeIs(500));
  }
}

TEST_F(WriterTest, CommitsWhatWaitsBeforeItEnds) {
  std::atomic<int> answered = 0;
  {
    const auto writer = open();
    writer->submit(new_run("r1"));
    for (std::uint64_t sequence = 1; sequence <= 3000; ++sequence)
      writer->submit(journal_batch("r1", sequence),
                     [&](Result<> committed) { answered += committed ? 1 : 0; });
  }
  EXPECT_EQ(answered, 3000);
  Reader reader = read();
  EXPECT_THAT(journal_of(reader, "r1"), SizeIs(3000));
}

// A hole in the journal would be worse than no journal.
TEST_F(WriterTest, WritesNothingMoreOnceACommitFailed) {
  const auto writer = open();
  writer->submit(new_run("r1"));
  writer->submit(journal_batch("r1", 1));
  ASSERT_GOOD(writer->flush());
  std::vector<std::string> answers;
  const auto note = [&](Result<> committed) {
    answers.push_back(committed ? "good" : committed.error().why);
  };
  writer->submit(journal_batch("r1", 1), note);  // doubled
  EXPECT_FALSE(writer->flush());
  writer->submit(journal_batch("r1", 2), note);
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_THAT(answers[0], HasSubstr("UNIQUE constraint failed"));
  EXPECT_EQ(answers[1], answers[0]);
  Reader reader = read();
  EXPECT_THAT(journal_of(reader, "r1"), SizeIs(1));
}

TEST_F(WriterTest, ATaskThatIsNotThereIsAnError) {
  const auto writer = open();
  writer->submit(new_run("r1"));
  Batch batch = journal_batch("r1", 1);
  batch.tasks.push_back({"nobody", model::TaskState::done, "", "", at(0)});
  writer->submit(batch);
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  EXPECT_THAT(flushed.error().message(), HasSubstr("no such task"));
  Reader reader = read();
  EXPECT_THAT(journal_of(reader, "r1"), SizeIs(0));
}

TEST_F(WriterTest, ARunThatIsNotThereIsAnError) {
  const auto writer = open();
  writer->submit(journal_batch("nobody", 1));
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  EXPECT_THAT(flushed.error().message(), HasSubstr("no such run"));
  Reader reader = read();
  EXPECT_THAT(journal_of(reader, "nobody"), SizeIs(0));
}

TEST_F(WriterTest, ARunThatGoesOnWasHeardOfWhenItsJournalWas) {
  const auto writer = open();
  writer->submit(new_run("r1"));
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
    Batch batch = journal_batch("r1", sequence);
    batch.journal.front().at = at(0) + std::chrono::milliseconds(sequence);
    writer->submit(std::move(batch));
  }
  ASSERT_GOOD(writer->flush());
  Reader reader = read();
  EXPECT_EQ(reader.run("r1")->updated, at(0) + std::chrono::milliseconds(3));
}

TEST_F(WriterTest, ADamagedDatabaseIsNotOpenedAndNotTouched) {
  write_file(file_, std::string(10'000, 'x'));
  const auto writer = Writer::open(file_);
  ASSERT_FALSE(writer);
  EXPECT_THAT(writer.error().message(), HasSubstr("it is damaged"));
  EXPECT_EQ(read_file(file_), std::string(10'000, 'x'));
}

TEST_F(WriterTest, ReadersSeeWholeBatchesWhileItWrites) {
  const auto writer = open();
  writer->submit(new_run("r1"));
  ASSERT_GOOD(writer->flush());
  std::atomic<bool> stop = false;
  std::thread busy([&] {
    for (std::uint64_t sequence = 1; !stop; sequence += 2) {
      Batch batch = journal_batch("r1", sequence);
      batch.journal.push_back({sequence + 1, at(0), "{}"});
      writer->submit(std::move(batch));
      std::this_thread::yield();
    }
  });
  std::size_t last = 0;
  for (int i = 0; i < 50; ++i) {
    Reader reader = read();
    const std::size_t size = journal_of(reader, "r1").size();
    EXPECT_EQ(size % 2, 0u);
    EXPECT_GE(size, last);
    last = size;
  }
  stop = true;
  busy.join();
  ASSERT_GOOD(writer->flush());
}

TEST_F(WriterTest, TwoProcessesWriteTwoRuns) {
  const auto write = [&](const std::string& run) {
    const auto writer = Writer::open(file_);
    if (!writer) return 1;
    (*writer)->submit(new_run(run));
    for (std::uint64_t sequence = 1; sequence <= 300; ++sequence) {
      Batch batch = journal_batch(run, sequence);
      if (sequence % 50 == 0) batch.durability = Durability::full;
      (*writer)->submit(std::move(batch));
      if (sequence % 3 == 0 && !(*writer)->flush()) return 2;
    }
    return (*writer)->flush() ? 0 : 3;
  };
  const pid_t child = ::fork();
  if (child == 0) ::_exit(write("r1"));
  EXPECT_EQ(write("r2"), 0);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  Reader reader = read();
  EXPECT_THAT(journal_of(reader, "r1"), SizeIs(300));
  EXPECT_THAT(journal_of(reader, "r2"), SizeIs(300));
}

// What was answered is there, in order, whole, and the file is sound: whatever the moment.
TEST_F(WriterTest, KillingTheProcessLosesNothingThatWasAnswered) {
  std::mt19937 random(1);
  for (int round = 0; round < 12; ++round) {
    const std::string run = fmt::format("r{}", round);
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto writer = Writer::open(file_);
      if (!writer) ::_exit(1);
      (*writer)->submit(new_run(run));
      for (std::uint64_t sequence = 1;; ++sequence) {
        Batch batch = journal_batch(run, sequence, std::string(sequence % 5000, 'p'));
        batch.events.push_back({sequence, at(0), model::RunEventKind::task_done, {}, 0, {}, "", {}, {}});
        if (sequence % 7 == 0) batch.durability = Durability::full;
        (*writer)->submit(std::move(batch), [&pipe, sequence](Result<> committed) {
          if (!committed || ::write(pipe[1], &sequence, sizeof sequence) < 0) ::_exit(1);
        });
        if (sequence % 40 == 0) (void)(*writer)->flush();
      }
    }
    ::close(pipe[1]);
    std::uint64_t answered = 0;
    const std::uint64_t stop_after = random() % 300;
    std::uint64_t sequence = 0;
    while (::read(pipe[0], &sequence, sizeof sequence) == sizeof sequence) {
      answered = sequence;
      if (answered == stop_after + 1) ::kill(child, SIGKILL);
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;

    Reader reader = read();
    ASSERT_GOOD(reader.check());
    const auto entries = journal_of(reader, run);
    EXPECT_GE(entries.size(), answered);
    EXPECT_EQ(reader.events(run, 0, 1'000'000)->size(), entries.size());
    for (const JournalEntry& entry : entries)
      ASSERT_EQ(entry.payload.size(), entry.sequence % 5000);
  }
}

TEST_F(WriterTest, AFullDiskIsSaidAndLosesNothing) {
  if (!can_mount())
    GTEST_SKIP() << "NOT TESTED: a full disk; mounting a file system takes root, and is refused here";
  const int result = in_child([&] {
    if (!mount_privately(folder_.path(), "tmpfs", 0, "size=1m")) return 10;
    std::uint64_t good = 0;
    Error error;
    {
      const auto writer = Writer::open(file_);
      if (!writer) return 11;
      (*writer)->submit(new_run("r1"));
      for (std::uint64_t sequence = 1; sequence <= 1000; ++sequence) {
        (*writer)->submit(journal_batch("r1", sequence, std::string(4000, 'p')));
        if (auto flushed = (*writer)->flush(); !flushed) {
          error = flushed.error();
          break;
        }
        good = sequence;
      }
    }
    if (error.why != "the disk is full" || error.hint.find("fleet resume") == std::string::npos) return 12;
    auto reader = Reader::open(file_);
    if (!reader || !reader->check()) return 13;
    if (good < 10 || journal_of(*reader, "r1").size() != good) return 14;
    return 0;
  });
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace fleet::store
