#include "git/rollback.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/earlier_run.h"
#include "store/process_lock.h"
#include "text/utf8.h"

namespace fleet::app {
namespace {

struct RollbackOptions {
  Where where;
  std::string run;
  std::string task;
};

// Which tasks stand on each: those that need it, and those that the conflict strategy ran on top of it. On
// one that made nothing, because it was skipped or failed, nothing stands: what ran after it did so without
// it.
std::vector<std::vector<TaskIndex>> standing_on(const model::Plan& plan, const engine::Scheduler& run) {
  std::vector<std::vector<TaskIndex>> all(plan.tasks.size());
  for (std::uint32_t i = 0; i < plan.tasks.size(); ++i) {
    if (run.task({i}).state == model::TaskState::done) {
      for (const TaskIndex dependent : plan.graph.dependents({i}))
        all[i].push_back(dependent);
    }
    const engine::ResultSet from = run.task({i}).from;
    if (!from) continue;
    for (const TaskIndex below : *from)
      all[below.value].push_back({i});
  }
  return all;
}

// The task, every cell of it when it has a matrix, and everything that stands on one of them.
Result<std::set<std::string>> with_dependents(const model::Plan& plan, const engine::Scheduler& run,
                                              const std::string& name) {
  std::vector<TaskIndex> reached;
  std::vector<bool> seen(plan.tasks.size());
  for (std::uint32_t i = 0; i < plan.tasks.size(); ++i) {
    if (plan.tasks[i].id != name && plan.tasks[i].spec.id != name) continue;
    reached.push_back({i});
    seen[i] = true;
  }
  if (reached.empty()) return base::fail_input("roll back the task", name, "the run has no such task");
  const auto dependents = standing_on(plan, run);
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (const TaskIndex dependent : dependents[reached[i].value]) {
      if (!seen[dependent.value]) reached.push_back(dependent);
      seen[dependent.value] = true;
    }
  }
  std::set<std::string> ids;
  for (const TaskIndex task : reached)
    ids.insert(plan.task(task).id);
  return ids;
}

// What the run integrated, by task id; empty where `fleet clean` and git took some of it since.
std::map<std::string, git::TaskResult> integrated(const model::Plan& plan, const engine::Scheduler& run,
                                                  const git::ObjectStore& objects) {
  std::map<std::string, git::TaskResult> results;
  for (const TaskIndex task : run.accepted()) {
    const engine::Scheduler::TaskView view = run.task(task);
    if (!objects.contains(view.base) || !objects.contains(view.snapshot)) return {};
    results[plan.task(task).id] = {task, view.base, view.snapshot, {}, view.from};
  }
  return results;
}

Result<base::ExitCode> run_rollback(World& world, const RollbackOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  FLEET_TRY(const store::FrozenRun stored, reader.frozen(run.id));
  FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
  FLEET_TRY(const store::ProcessLock lock,
            store::ProcessLock::take(checkout.layout.lock(run.id), "roll back the run " + run.id));
  FLEET_TRY(const engine::Scheduler ended, replay(reader, run.id, plan));
  git::RollbackRequest request{run.id, frozen.branch_prefix, {}, world.clock->now()};
  if (!options.task.empty()) {
    FLEET_TRY(request.tasks, with_dependents(plan, ended, options.task));
  }
  request.results = integrated(plan, ended, checkout.repository.objects());
  if (plan.settings.conflicts.value == model::ConflictStrategy::priority)
    request.on_conflict = git::OnConflict::earlier_wins;
  FLEET_TRY(const git::RollbackOutcome outcome, git::roll_back(checkout.repository, request));
  if (!outcome.conflicts.empty()) {
    world.say(fmt::format(
        "fleet: cannot roll back the run {}: these paths were changed again since, and nothing was "
        "written\n",
        run.id));
    for (const std::string& path : outcome.conflicts)
      world.say(fmt::format("  {}\n", text::printable(path)));
    world.say(fmt::format(
        "hint: do it by hand: `git switch {}/{}`, then `git revert` those of its commits that are "
        "to go\n",
        frozen.branch_prefix, run.id));
    return base::ExitCode::usage;
  }
  world.out(fmt::format("{}/{} is now at {}, without {}\n", frozen.branch_prefix, run.id,
                        outcome.commit.hex().substr(0, 10), fmt::join(outcome.reverted, ", ")));
  return base::ExitCode::good;
}

}  // namespace

void add_rollback(CLI::App& app, Action& action) {
  auto options = std::make_shared<RollbackOptions>();
  app.add_option("run", options->run, "The run's id")->required();
  app.add_option("task", options->task, "Only this task, and all that stands on it");
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_rollback(world, *options); }; });
}

}  // namespace fleet::app
