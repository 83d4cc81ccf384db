#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "attempt/attempt.h"
#include "attempt/result_key.h"
#include "engine/plan_of.h"
#include "git/support.h"

namespace fleet::attempt::tests {

// A network on which models of Anthropic's protocol answer from a list, or never.
class FakeModels final : public net::HttpClient {
 public:
  RequestId send(net::HttpRequest request, std::shared_ptr<net::BodyReader> reader,
                 std::function<void(net::HttpEnd)> ended) override {
    requests.push_back(std::move(request));
    const std::lock_guard lock(mutex_);
    if (answers.empty()) {
      waiting_ = std::move(ended);
      return {1};
    }
    net::HttpEnd end;
    end.head = net::HttpHead{200, {{"content-type", "text/event-stream"}}};
    reader->begin(*end.head);
    EXPECT_TRUE(reader->feed(answers.front()));
    answers.pop_front();
    std::thread([ended = std::move(ended), end, reader = std::move(reader)]() mutable {
      reader.reset();
      ended(end);
    }).detach();
    return {2};
  }
  void cancel(RequestId id) override {
    EXPECT_EQ(id.value, 1U);
    const std::lock_guard lock(mutex_);
    const auto ended = std::exchange(waiting_, nullptr);
    ASSERT_TRUE(ended);
    ended({{}, Error{base::Fault::world, "finish", "it", "it was called off", {}}, false});
  }

  std::deque<std::string> answers;
  std::vector<net::HttpRequest> requests;

 private:
  std::mutex mutex_;
  std::function<void(net::HttpEnd)> waiting_;
};

// Attempts of one plan in a clone, with everything real around them: git, processes, workers, a loop. One
// worker, so that a test can hold back what would block.
class AttemptTest : public ::testing::Test, public engine::Inbox {
 protected:
  // Once the plan stands.
  void set_up(engine::tests::PlanOf plan) {
    plan_ = plan.build();
    for (model::PlannedTask& task : plan_.tasks) {
      task.timeout.value = std::chrono::minutes(1);
      if (task.spec.rollback) task.spec.rollback = model::Command{"echo undone", {}};
    }
    clone_ = git::make_clone(folder_ / "clone", {{"a", "1\n"}});
    repository_.emplace(git::must(git::Repository::open(clone_)));
    refs_.emplace(*repository_);
    pool_.emplace(git::must(git::WorkspacePool::open(*repository_, folder_ / "workspaces")));
    std::filesystem::create_directories(folder_ / "temporary");
    temporary_folders_.emplace(folder_ / "temporary");
    loop_ = git::must(os::EventLoop::create());
    processes_ = git::must(os::Processes::create(*loop_));
    workers_ = *os::WorkerPool::create(*loop_, 1);
    merging_ = *os::WorkerPool::create(*loop_, 1);
    start_ = git::id_of(git::git(clone_, "rev-parse HEAD"));
    services_.reset(new Services{
        *loop_,
        *processes_,
        *workers_,
        *merging_,
        http_,
        *repository_,
        *refs_,
        *pool_,
        *temporary_folders_,
        clock_,
        plan_,
        masker_,
        RunFacts{"run", {}},
        Keepers(plan_),
        {},
        "run",
        start_,
        git::must(objects().tree_of(start_)),
        TimePoint{},
        "fleet",
        folder_ / "run",
        "/usr/bin:/bin",
        "",
        std::make_shared<const os::OpenPlaces>(std::vector<std::string>{"/usr", "/bin", "/lib", "/lib64"}),
        {},
        git::must(SecretStop::create(objects(), git::must(objects().tree_of(start_)), {})),
        nullptr,
        "",
        {},
        [this](const std::string& text) { notes_.push_back(text); }});
    merger_.emplace(*services_);
  }
  void TearDown() override {
    attempt_.reset();
    merger_.reset();
    merging_.reset();
    workers_.reset();
    processes_.reset();
  }

  // Before another run came to this, from the start of this one.
  void kept_from_earlier(TaskIndex task, ObjectId snapshot) {
    const std::string key =
        result_key(plan_, services_->keepers, task, git::must(objects().tree_of(start_)), {});
    services_->kept.by_key[key] = {"earlier", snapshot, {}};
  }

  void begin(engine::StartAttempt start) {
    start.serial = 1;
    start.from = std::make_shared<const std::vector<TaskIndex>>();
    attempt_ = std::make_shared<Attempt>(*services_, *merger_, start, *this, [] {});
    attempt_->begin();
  }
  // Before begin(): while the attempt waits for its first use of a worker, which it gets only afterwards.
  void when_it_waits_for_a_worker(std::function<void()> then) {
    auto held = std::make_shared<std::promise<void>>();
    workers_->submit([held] { held->get_future().wait(); }, [] {});
    // Answered on the loop, which runs when the attempt has begun.
    merging_->submit([] {},
                     [held, then = std::move(then)] {
                       then();
                       held->set_value();
                     });
  }
  model::Outcome outcome() {
    loop_->run();
    return outcome_.value();
  }
  git::ObjectStore& objects() { return repository_->objects(); }
  // A commit upon the start, with this for the file `a`.
  ObjectId commit_of(const std::string& bytes) {
    git::write_file(clone_ / "a", bytes);
    git::git(clone_, "add a");
    return git::id_of(git::git(clone_, "commit-tree -m result -p HEAD $(git -C " +
                                           git::shell_quote(clone_.string()) + " write-tree)"));
  }

  git::TempFolder folder_;
  std::vector<std::string> notes_;
  std::vector<engine::Input> posted_;
  std::function<void(const engine::Input&)> on_post_;
  model::Plan plan_;
  FakeModels http_;
  std::unique_ptr<Services> services_;
  std::shared_ptr<Attempt> attempt_;

 private:
  void post(engine::Input input, std::vector<model::Change>) override {
    if (auto* finished = std::get_if<engine::AttemptFinished>(&input)) {
      outcome_ = finished->outcome;
      loop_->stop();
    }
    if (on_post_) on_post_(input);
    posted_.push_back(std::move(input));
  }

  base::SystemClock clock_;
  text::Masker masker_;
  std::filesystem::path clone_;
  ObjectId start_;
  std::optional<git::Repository> repository_;
  std::optional<git::Refs> refs_;
  std::optional<git::WorkspacePool> pool_;
  std::optional<TemporaryFolders> temporary_folders_;
  std::unique_ptr<os::EventLoop> loop_;
  std::unique_ptr<os::Processes> processes_;
  std::unique_ptr<os::WorkerPool> workers_, merging_;
  std::optional<Merger> merger_;
  std::optional<model::Outcome> outcome_;
};

}  // namespace fleet::attempt::tests
