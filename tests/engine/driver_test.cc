#include "engine/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/input_json.h"
#include "engine/journal.h"
#include "model/json.h"
#include "os/files.h"

// The driver with a real journal and a real loop; only the executor is a fake.
namespace fleet::engine {
namespace {

using model::RunEventKind;
using model::Verdict;

// Answers at once: every attempt is done and changes nothing, unless it is told to keep still.
class InstantExecutor final : public Executor {
 public:
  void perform(const Action& action, Inbox& inbox) override {
    const auto* start = std::get_if<StartAttempt>(&action);
    if (start != nullptr) {
      started.push_back(start->task.value);
      inbox.post(AttemptStarted{start->task, start->serial, {42, 7}});
      if (!hold) {
        model::Outcome outcome;
        outcome.verdict = Verdict::done;
        outcome.output_tail = "said";
        inbox.post(
            AttemptFinished{start->task, start->serial, outcome},
            {{"changed", {}, {ObjectId::parse(std::string(40, 'a')).value(), model::FileMode::regular}}});
      }
    }
    if (std::holds_alternative<Publish>(action)) inbox.post(Published{});
  }
  std::vector<std::uint32_t> started;
  bool hold = false;
};

class Drives : public ::testing::Test {
 protected:
  Drives() {
    for (const char* id : {"first", "second"}) {
      model::PlannedTask& task = plan_.tasks.emplace_back();
      task.id = task.title = task.spec.id = id;
      task.spec.work = model::Command{std::string("true"), {}};
      task.timeout.value = std::chrono::hours(1);
    }
    plan_.graph = model::Graph({{}, {TaskIndex{0}}});
    plan_.settings.parallel.value = 2;
    folder_.emplace(*os::TemporaryDirectory::create());
    database_ = std::filesystem::path(folder_->path()) / "state.db";
    writer_ = *store::Writer::open(database_);
    loop_ = *os::EventLoop::create();
  }

  std::unique_ptr<Driver> make_driver() {
    DriverEvents events;
    events.event = [this](const model::RunEvent& event) { seen_.push_back(event.kind); };
    events.finished = [this](const FinishRun& finish) {
      finished_ = finish;
      loop_->stop();
    };
    return std::make_unique<Driver>(plan_, "r1", *loop_, *writer_, executor_, clock_, masker_,
                                    std::move(events));
  }
  store::NewRun new_run() {
    store::NewRun run;
    run.row.id = "r1";
    run.frozen.plan = "{}";
    for (std::uint32_t i = 0; i < plan_.tasks.size(); ++i) {
      store::TaskRow& row = run.tasks.emplace_back();
      row.index = {i};
      row.id = row.name = plan_.tasks[i].id;
    }
    return run;
  }

  model::Plan plan_;
  std::optional<os::TemporaryDirectory> folder_;
  std::filesystem::path database_;
  std::unique_ptr<store::Writer> writer_;
  std::unique_ptr<os::EventLoop> loop_;
  base::SystemClock clock_;
  InstantExecutor executor_;
  text::Masker masker_{{{"SECRET", "hunter2"}}};
  std::vector<RunEventKind> seen_;
  std::optional<FinishRun> finished_;
};

TEST_F(Drives, ARunToItsEndAndLeavesItOnRecord) {
  const auto driver = make_driver();
  driver->begin(new_run(), RunStarted{1});
  loop_->run();
  ASSERT_TRUE(finished_);
  EXPECT_EQ(finished_->state, model::RunState::finished);
  EXPECT_THAT(executor_.started, ::testing::ElementsAre(0u, 1u));

  auto reader = *store::Reader::open(database_);
  EXPECT_EQ(reader.run("r1")->state, model::RunState::finished);
  const auto tasks = *reader.tasks("r1");
  ASSERT_EQ(tasks.size(), 2u);
  EXPECT_EQ(tasks[1].state, model::TaskState::done);
  const auto attempts = *reader.attempts("r1");
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[0].verdict, Verdict::done);
  EXPECT_THAT(attempts[0].result_json, ::testing::HasSubstr("said"));
  EXPECT_EQ((*reader.snapshots("r1")).size(), 2u);
  EXPECT_EQ((*reader.metrics("r1")).size(), 6u) << "nobody knows the peak memory, so there is none";
}

// Every text that a task or a merge can bring a secret in.
TEST_F(Drives, KeepsSecretsOutOfTheJournalTheRowsAndTheEvents) {
  const std::string bad = "a\nhun\x1b[1mter2.txt";
  class Talker final : public Executor {
   public:
    explicit Talker(std::string bad) : bad_(std::move(bad)) {}
    void perform(const Action& action, Inbox& inbox) override {
      if (const auto* start = std::get_if<StartAttempt>(&action)) {
        model::Outcome outcome;
        outcome.verdict = start->task.value == 0 || start->attempt > 1 ? Verdict::done : Verdict::failed;
        outcome.reason = outcome.feedback = outcome.summary = outcome.output_head = outcome.output_tail =
            bad_;
        outcome.paths = outcome.notes = {bad_};
        outcome.outputs["it"] = bad_;
        outcome.programs = {{bad_, 0, {}}};
        outcome.key = "hunter2";
        outcome.snapshot = ObjectId::parse(std::string(40, 'b')).value();
        inbox.post(AttemptFinished{start->task, start->serial, outcome}, {{bad_, {}, {}}});
      } else if (const auto* merge = std::get_if<Merge>(&action)) {
        inbox.post(Merged{merge->task, merge->serial, {{merge->task, {0}, {bad_}}}, {}});
      } else if (std::holds_alternative<Publish>(action)) {
        inbox.post(Published{{}, {}, bad_});
      }
    }

   private:
    std::string bad_;
  } talker(bad);
  std::vector<std::string> told;
  DriverEvents events;
  events.event = [&told](const model::RunEvent& event) { told.push_back(event.message); };
  events.finished = [this](const FinishRun&) { loop_->stop(); };
  Driver driver(plan_, "r1", *loop_, *writer_, talker, clock_, masker_, std::move(events));
  driver.begin(new_run(), RunStarted{1});
  loop_->run();
  ASSERT_TRUE(writer_->flush());

  auto reader = *store::Reader::open(database_);
  std::string all;
  ASSERT_TRUE(reader.journal("r1", 1, [&all](const store::JournalEntry& entry) -> Result<> {
    all += entry.payload + "\n";
    return {};
  }));
  const auto attempts = *reader.attempts("r1");
  for (const store::AttemptRow& row : attempts)
    all += row.reason + row.result_json;
  const auto tasks = *reader.tasks("r1");
  for (const store::TaskRow& row : tasks)
    all += row.reason;
  const auto snapshots = *reader.snapshots("r1");
  for (const store::SnapshotRow& row : snapshots)
    all += row.path;
  for (const std::string& message : told)
    all += message;
  EXPECT_THAT(all, ::testing::HasSubstr("a\\n***.txt"));
  EXPECT_THAT(all, ::testing::HasSubstr("a\n***.txt"));
  EXPECT_THAT(all, ::testing::Not(::testing::HasSubstr("ter2.txt")));
  EXPECT_THAT(all, ::testing::HasSubstr(R"("key":"hunter2")")) << "by which a result is found again";
}

TEST_F(Drives, TellsEventsOnlyAfterTheyAreCommitted) {
  DriverEvents events;
  std::vector<bool> on_record;
  events.event = [&](const model::RunEvent& event) {
    auto reader = *store::Reader::open(database_);
    const auto stored = reader.events("r1", event.sequence - 1, 1);
    on_record.push_back(stored && !stored->empty() && stored->front().kind == event.kind);
  };
  events.finished = [this](const FinishRun&) { loop_->stop(); };
  Driver driver(plan_, "r1", *loop_, *writer_, executor_, clock_, masker_, std::move(events));
  driver.begin(new_run(), RunStarted{1});
  loop_->run();
  EXPECT_FALSE(on_record.empty());
  EXPECT_THAT(on_record, ::testing::Each(true));
}

TEST_F(Drives, WritesAlsoWhatNothingFollowsFrom) {
  executor_.hold = true;
  const auto driver = make_driver();
  driver->begin(new_run(), RunStarted{1});
  const auto is_on_record = [&] {
    auto reader = store::Reader::open(database_);
    bool found = false;
    const auto look = [&](const RecordedInput& recorded) {
      const auto* started = std::get_if<AttemptStarted>(&recorded.input);
      found = found || (started != nullptr && started->process.pid == 42);
    };
    return reader && read_journal(*reader, "r1", plan_, look) && found;
  };
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::function<void()> watch = [&] {
    if (is_on_record() || std::chrono::steady_clock::now() > late) return loop_->stop();
    loop_->add_timer(std::chrono::milliseconds(1), watch);
  };
  loop_->post(watch);
  loop_->run();
  EXPECT_TRUE(is_on_record());
  ASSERT_TRUE(writer_->flush());  // which answers the driver
}

TEST_F(Drives, GoesOnFromTheJournalWithoutRunningAgainWhatWasDone) {
  {
    const auto driver = make_driver();
    driver->begin(new_run(), RunStarted{1});
    // The first task is done, the second under way when this process is no more.
    executor_.hold = false;
    std::size_t turns = 0;
    std::function<void()> watch = [&] {
      if (executor_.started.size() == 1) executor_.hold = true;
      if (executor_.started.size() == 2 || ++turns > 100'000) return loop_->stop();
      loop_->post(watch);
    };
    loop_->post(watch);
    loop_->run();
    ASSERT_TRUE(writer_->flush());
  }
  ASSERT_THAT(executor_.started, ::testing::ElementsAre(0u, 1u));
  executor_.started.clear();
  executor_.hold = false;
  loop_ = *os::EventLoop::create();
  const auto driver = make_driver();
  auto reader = *store::Reader::open(database_);
  std::vector<RunEventKind> recalled;
  ASSERT_TRUE(driver->replay(reader, [&](const model::RunEvent& event) { recalled.push_back(event.kind); }));
  EXPECT_THAT(recalled, ::testing::ElementsAre(RunEventKind::run_started, RunEventKind::task_ready,
                                               RunEventKind::attempt_started, RunEventKind::attempt_finished,
                                               RunEventKind::task_done, RunEventKind::task_ready,
                                               RunEventKind::attempt_started));
  EXPECT_EQ(driver->scheduler().task({0}).state, model::TaskState::done);
  EXPECT_EQ(driver->scheduler().running_attempts().size(), 1u);
  driver->resume({model::RunState::running, {}, clock_.now(), {}}, RunResumed{plan_.settings, false});
  loop_->run();
  EXPECT_THAT(executor_.started, ::testing::ElementsAre(1u));
  EXPECT_EQ(finished_->state, model::RunState::finished);
}

TEST_F(Drives, StopsWhenTheJournalCannotBeWritten) {
  const auto driver = make_driver();
  // A row that breaks the schema: the same run twice.
  ASSERT_TRUE(writer_->flush());
  DriverEvents events;
  std::optional<Error> broken;
  events.broken = [&](const Error& error) {
    broken = error;
    loop_->stop();
  };
  store::Batch first;
  first.run = "r1";
  first.start = new_run();
  writer_->submit(std::move(first));
  Driver second(plan_, "r1", *loop_, *writer_, executor_, clock_, masker_, std::move(events));
  second.begin(new_run(), RunStarted{1});
  loop_->run();
  EXPECT_TRUE(broken);
  EXPECT_TRUE(executor_.started.empty());
}

TEST(Journal, ReadsBackEveryInputAsItWas) {
  model::Outcome outcome;
  outcome.verdict = Verdict::failed;
  outcome.reason = "why";
  outcome.feedback = "mend \xff this";
  outcome.outputs = {{"a", "b"}};
  const model::Conflict conflict{{2}, {1}, {"p"}};
  model::Settings settings;
  settings.parallel = {3, model::Origin::command_line};
  const std::vector<Input> inputs{RunStarted{7, {{{2}, true, false}}},
                                  RunResumed{settings, true},
                                  ConditionEvaluated{{1}, true, {}},
                                  AttemptStarted{{1}, 2, {30, 40}},
                                  AttemptFinished{{1}, 2, outcome},
                                  TimerFired{{TimerKind::grace, {0}, 4}},
                                  Merged{{1}, 2, {conflict}, {}},
                                  Conflicted{{1}, 2, {conflict}},
                                  Decided{TaskIndex{1}, model::FailureAnswer::skip, true},
                                  CancelRequested{{1}},
                                  StopRequested{StopReason::duration},
                                  CallRequested{{TaskIndex{1}, 4, 2}, 0.125},
                                  CallSettled{{TaskIndex{1}, 4, 2}, 0.03},
                                  Published{"fleet/r1", {}, "no"}};
  ASSERT_EQ(inputs.size(), std::variant_size_v<Input>);
  for (const Input& input : inputs) {
    const std::string written = to_journal(input);
    const auto read = from_journal(written);
    ASSERT_TRUE(read) << written << read.error().message();
    EXPECT_EQ(read->index(), input.index());
    EXPECT_EQ(to_journal(*read), written);
  }
}

TEST(Journal, LeavesOutWhatNoDecisionHangsOn) {
  model::Outcome outcome;
  outcome.output_tail = "a long output";
  outcome.paths = {"a/path"};
  const std::string written = to_journal(AttemptFinished{{1}, 2, outcome});
  EXPECT_EQ(written.find("long output"), std::string::npos);
  EXPECT_EQ(written.find("a/path"), std::string::npos);
}

TEST(Journal, RefusesWhatItDidNotWrite) {
  for (const char* payload : {"", "{", "[]", "{}", R"({"unheard_of": {}})", R"({"merged": {"task": -1}})",
                              R"({"merged": {"task": 1, "more": 2}})"}) {
    EXPECT_FALSE(from_journal(payload)) << payload;
  }
}

}  // namespace
}  // namespace fleet::engine
