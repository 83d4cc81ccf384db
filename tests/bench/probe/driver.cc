#include "engine/driver.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <optional>

#include "base/assert.h"
#include "bench/probe/probe.h"
#include "engine/plan_of.h"
#include "os/files.h"

// The same with the journal: the real driver, writer and event loop; only the tasks' work is missing.
namespace fleet::bench {
namespace {

class InstantExecutor final : public engine::Executor {
 public:
  void perform(const engine::Action& action, engine::Inbox& inbox) override {
    if (const auto* start = std::get_if<engine::StartAttempt>(&action)) {
      inbox.post(engine::AttemptStarted{start->task, start->serial, {1, 1}});
      model::Outcome outcome;
      outcome.verdict = model::Verdict::done;
      inbox.post(engine::AttemptFinished{start->task, start->serial, std::move(outcome)});
    } else if (std::holds_alternative<engine::Publish>(action)) {
      inbox.post(engine::Published{});
    }
  }
};

store::NewRun new_run(const model::Plan& plan) {
  store::NewRun run;
  run.row.id = kRun;
  run.frozen.plan = "{}";
  for (std::uint32_t i = 0; i < plan.tasks.size(); ++i) {
    store::TaskRow& row = run.tasks.emplace_back();
    row.index = {i};
    row.id = row.name = plan.tasks[i].id;
  }
  return run;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Figures probe_driver(Arguments& arguments) {
  const std::int64_t tasks = arguments.number();
  engine::tests::PlanOf plan_of;
  plan_of.parallel(static_cast<int>(arguments.number()));
  for (std::int64_t i = 0; i < tasks; ++i)
    plan_of.task(fmt::format("t{}", i), std::vector<TaskIndex>());
  const model::Plan plan = plan_of.build();
  const auto folder = must(os::TemporaryDirectory::create(arguments.text()));
  const auto loop = must(os::EventLoop::create());
  const auto writer = must(store::Writer::open(folder / "state.db"));
  InstantExecutor executor;
  const base::SystemClock clock;
  bool finished = false;
  std::optional<double> first;  // when the run's rows, one a task, were on record
  const auto begin = clock.now();
  const auto seconds = [&] { return static_cast<double>((clock.now() - begin).count()) / 1e6; };
  engine::DriverEvents events;
  events.event = [&](const model::RunEvent&) { first = first.value_or(seconds()); };
  events.finished = [&](const engine::FinishRun&) {
    finished = true;
    loop->stop();
  };
  events.broken = [](const Error& error) { give_up(error.message()); };
  engine::Driver driver(plan, kRun, *loop, *writer, executor, clock, text::Masker{{}}, std::move(events));
  const double cpu_before = cpu_seconds();
  driver.begin(new_run(plan), engine::RunStarted{7, {}});
  loop->run();
  FLEET_ASSERT(finished, "the loop ends with the run");
  return {{"seconds", seconds() - first.value_or(0)}, {"cpu", cpu_seconds() - cpu_before}};
}

}  // namespace fleet::bench
