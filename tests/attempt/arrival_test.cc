#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <variant>

#include "engine/plan_of.h"
#include "engine/scheduler.h"
#include "git/integration.h"
#include "git/support.h"
#include "git/tree.h"

// What a run comes to must not depend on which task was quicker: the scheduler and the real merge of results,
// with tasks that each change lines of two small files as they find them.
namespace fleet::attempt {
namespace {

using engine::tests::PlanOf;
using git::make_clone;
using git::must;
using git::ObjectStore;
using git::TempFolder;
using model::Change;
using model::ConflictStrategy;
using model::FileMode;
using Random = std::mt19937;

using Lines = std::vector<std::string>;

Lines split(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

struct Edit {
  const char* file;
  int kind;
  std::size_t line;
};

// What each task does, and what it needs.
struct Script {
  PlanOf plan;
  std::vector<std::vector<Edit>> edits;

  Script(Random& random, ConflictStrategy strategy) {
    const std::uint32_t tasks = 3 + random() % 4;
    for (std::uint32_t i = 0; i < tasks; ++i) {
      std::vector<TaskIndex> needs;
      if (i > 0 && random() % 4 == 0) needs.push_back({static_cast<std::uint32_t>(random() % i)});
      plan.task(fmt::format("t{}", i), std::move(needs));
      std::vector<Edit>& own = edits.emplace_back();
      for (std::uint32_t n = 0; n <= random() % 2; ++n)
        // fleet:ignore cppcheck.invalidContainerReference `edits` does not grow meanwhile
        own.push_back({random() % 3 == 0 ? "g" : "f", static_cast<int>(random() % 4), random()});
    }
    plan.conflicts(strategy);
  }
};

class World {
 public:
  World(ObjectStore& store, ObjectId start, const Script& script)
      : store_(store), script_(script), plan_(script.plan.build()), scheduler_(plan_) {
    integration_.emplace(must(git::Integration::create(store, start)));
  }

  // Runs to its end; `random` decides which task, and which answer, comes next.
  void run(Random& random) {
    take(scheduler_.handle(engine::RunStarted{7}, {}));
    for (int steps = 0; !scheduler_.is_finished(); ++steps) {
      ASSERT_LT(steps, 2000) << "it never ends";
      ASSERT_TRUE(!running_.empty() || !asked_.empty() || !answers_.empty()) << "it is stuck";
      const auto choice = random() % 3;
      if (choice == 0 && !asked_.empty()) {
        std::visit([this](const auto& action) { merge(action); }, asked_.front());
        asked_.pop_front();
      } else if (choice == 1 && !answers_.empty()) {
        const engine::Input answer = std::move(answers_.front());
        answers_.pop_front();
        ASSERT_TRUE(engine::fits_plan(answer, plan_.tasks.size())) << "a journal with it cannot be read";
        take(scheduler_.handle(answer, {}));
      } else if (choice == 2 && !running_.empty()) {
        const auto which = running_.begin() + static_cast<std::ptrdiff_t>(random() % running_.size());
        const engine::StartAttempt attempt = *which;
        running_.erase(which);
        take(scheduler_.handle(engine::AttemptFinished{attempt.task, attempt.serial, work(attempt)}, {}));
      }
    }
  }

  // The states of the tasks, and the commit that all they made comes to.
  std::string outcome() {
    std::string text = must(integration_->merged(scheduler_.accepted())).hex();
    for (std::uint32_t i = 0; i < plan_.tasks.size(); ++i)
      text += fmt::format(" {}", base::name_of(scheduler_.task({i}).state));
    return text;
  }

 private:
  void take(const engine::Step& step) {
    for (const engine::Action& action : step.actions) {
      if (const auto* start = std::get_if<engine::StartAttempt>(&action)) {
        running_.push_back(*start);
      } else if (const auto* offer = std::get_if<engine::Merge>(&action)) {
        asked_.emplace_back(*offer);
      } else if (const auto* withdraw = std::get_if<engine::Withdraw>(&action)) {
        asked_.emplace_back(*withdraw);
      } else if (std::get_if<engine::Publish>(&action) != nullptr) {
        answers_.emplace_back(engine::Published{});
      }
    }
  }

  model::Outcome work(const engine::StartAttempt& attempt) {
    model::Outcome outcome;
    outcome.verdict = model::Verdict::done;
    outcome.base = must(integration_->merged(*attempt.from));
    const ObjectId tree = must(store_.tree_of(outcome.base));
    std::map<std::string, Lines> files;
    for (const git::Listed& file : must(git::list(store_, tree)))
      files[file.path] = split(must(store_.read_blob(file.entry.id)));
    for (const Edit& edit : script_.edits[attempt.task.value]) {
      Lines& lines = files[edit.file];
      const std::size_t at = edit.line % (lines.size() + 1);
      const auto here = lines.begin() + static_cast<std::ptrdiff_t>(at);
      if (edit.kind == 0 && at < lines.size()) {
        lines.erase(here);
      } else if (edit.kind == 1 && at < lines.size()) {
        *here += fmt::format("+{}", attempt.task.value);
      } else {
        lines.insert(here, edit.kind == 2 ? "x" : fmt::format("t{}", attempt.task.value));
      }
    }
    std::vector<Change> changes;
    for (const auto& [path, lines] : files)
      changes.push_back(
          {path,
           {},
           {must(store_.write_blob(fmt::format("{}\n", fmt::join(lines, "\n")))), FileMode::regular}});
    const ObjectId after = must(git::update(store_, tree, changes));
    if (after != tree) outcome.snapshot = must(store_.write_commit({after, {outcome.base}, "x", {}}));
    return outcome;
  }

  void merge(const engine::Withdraw& withdraw) {
    for (const TaskIndex task : withdraw.tasks)
      integration_->withdraw(task);
  }
  void merge(const engine::Merge& offer) {
    const git::TaskResult result{offer.task, offer.base, offer.snapshot,
                                 fmt::format("t{}\n", offer.task.value), offer.from};
    const git::Acceptance answer = must(integration_->accept(
        result, offer.earlier_wins ? git::OnConflict::earlier_wins : git::OnConflict::report));
    if (answer.accepted) {
      answers_.emplace_back(engine::Merged{offer.task, offer.serial, answer.conflicts, {}});
    } else {
      answers_.emplace_back(engine::Conflicted{offer.task, offer.serial, answer.conflicts});
    }
  }

  ObjectStore& store_;
  const Script& script_;
  model::Plan plan_;
  engine::Scheduler scheduler_;
  std::optional<git::Integration> integration_;
  std::vector<engine::StartAttempt> running_;
  std::deque<std::variant<engine::Merge, engine::Withdraw>> asked_;
  std::deque<engine::Input> answers_;
};

class ArrivalTest : public testing::TestWithParam<ConflictStrategy> {
 protected:
  TempFolder temp_;
  git::Repository repository_ = must(git::Repository::open(make_clone(temp_ / "clone")));
};

TEST_P(ArrivalTest, a_run_comes_to_the_same_whichever_task_is_quicker) {
  ObjectStore& store = repository_.objects();
  const auto blob = must(store.write_blob("z\nz\nx\nx\nx\n"));
  const std::vector<Change> files{{"f", {}, {blob, FileMode::regular}}, {"g", {}, {blob, FileMode::regular}}};
  const ObjectId start = must(store.write_commit({must(git::update(store, {}, files)), {}, "start", {}}));
  const char* more = ::getenv("FLEET_SEEDS");  // a few for every day
  const unsigned long seeds = more != nullptr ? std::stoul(more) : 60;
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    Random random(seed);
    const Script script(random, GetParam());
    std::string first;
    for (int order = 0; order < 4; ++order) {
      World world(store, start, script);
      ASSERT_NO_FATAL_FAILURE(world.run(random)) << "seed " << seed;
      if (order == 0) first = world.outcome();
      ASSERT_EQ(world.outcome(), first) << "seed " << seed << ", order " << order;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, ArrivalTest,
                         testing::Values(ConflictStrategy::fail, ConflictStrategy::priority,
                                         ConflictStrategy::queue),
                         [](const auto& tested) { return std::string(base::name_of(tested.param)); });

}  // namespace
}  // namespace fleet::attempt
