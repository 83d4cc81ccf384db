#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/earlier_run.h"
#include "os/signals.h"
#include "store/cancellation.h"
#include "store/process_lock.h"

namespace fleet::app {
namespace {

struct CancelOptions {
  Where where;
  std::string run;
  std::string task;
};

// The task, or every cell of it when it has a matrix.
Result<std::vector<std::string>> tasks_named(const model::Plan& plan, const std::string& name) {
  std::vector<std::string> ids;
  for (const model::PlannedTask& task : plan.tasks) {
    if (task.id == name || task.spec.id == name) ids.push_back(task.id);
  }
  if (ids.empty()) {
    return base::fail_input("cancel the task", name, "the run has no such task",
                            "`fleet show RUN` lists them");
  }
  return ids;
}

Result<base::ExitCode> run_cancel(World& world, const CancelOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  std::vector<std::string> tasks;
  if (!options.task.empty()) {
    FLEET_TRY(tasks, tasks_named(plan, options.task));
  }
  const auto holder = store::lock_holder(checkout.layout.lock(run.id));
  if (!holder) {
    return base::fail_input("cancel", "the run " + run.id, "nothing of it is running",
                            "`fleet status` shows what became of it");
  }
  if (!store::is_on_this_host(*holder)) {
    return base::fail_world(
        "cancel", "the run " + run.id,
        fmt::format("it is driven from {}, out of reach", holder->host.empty() ? "elsewhere" : holder->host),
        "run `fleet cancel` there, or end it there by SIGTERM");
  }
  for (const std::string& id : tasks)
    FLEET_CHECK(store::ask_to_cancel(checkout.layout, run.id, id));
  FLEET_CHECK(os::send_signal(holder->pid, tasks.empty() ? SIGTERM : os::kCancelSignal));
  world.out(fmt::format("asked {} to {}\n", run.id,
                        tasks.empty() ? "stop; `fleet resume` goes on" : "cancel " + options.task));
  return base::ExitCode::good;
}

}  // namespace

void add_cancel(CLI::App& app, Action& action) {
  auto options = std::make_shared<CancelOptions>();
  app.add_option("run", options->run, "The run's id")->required();
  app.add_option("task", options->task, "Only this task; what needs it is skipped")
      ->check(CLI::Validator([](std::string& name) { return name.empty() ? "it is empty" : ""; }, "TASK"));
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_cancel(world, *options); }; });
}

}  // namespace fleet::app
