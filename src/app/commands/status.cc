#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/run_report.h"
#include "model/json.h"
#include "report/render.h"
#include "store/process_lock.h"
#include "terminal/summary.h"

namespace fleet::app {
namespace {

// Who drives the run, for people; empty: nobody.
std::string driver_of(const Checkout& checkout, const std::string& run) {
  const auto holder = store::lock_holder(checkout.layout.lock(run));
  if (!holder) return {};
  return holder->pid > 0 ? fmt::format("process {} on {}", holder->pid, holder->host) : "another process";
}

struct StatusOptions {
  Where where;
  std::string run;
  bool json = false;
};

Result<base::ExitCode> run_status(World& world, const StatusOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  FLEET_TRY(const model::Report report, build_report(checkout, reader, run, plan));
  const terminal::Look look = world.terminal->look(terminal::Stream::out);
  options.json
      ? world.out(report::to_json(report))
      : world.say(terminal::status_table(report, driver_of(checkout, run.id), world.clock->now(), look),
                  terminal::Stream::out);
  return world.printed();
}

Result<base::ExitCode> run_runs(World& world, const StatusOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  if (!has_state(checkout)) {  // no run is an answer, too
    world.out(options.json ? "[]\n" : "");
    if (!options.json) world.say("note: nothing was run in this repository yet; start with `fleet run`\n");
    return world.printed();
  }
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const std::vector<store::RunRow> runs, reader.runs());
  std::vector<terminal::RunRow> rows;
  model::Json json = model::Json::array();
  for (const store::RunRow& run : runs) {
    terminal::RunRow& row = rows.emplace_back();
    row.id = run.id;
    row.workflow = run.workflow;
    row.state = run.state;
    FLEET_TRY(row.is_cut_off, is_cut_off(checkout, reader, run));
    row.started = run.created;
    if (run.state != model::RunState::running || row.is_cut_off) row.duration = run.updated - run.created;
    FLEET_TRY(const std::vector<store::TaskRow> tasks, reader.tasks(run.id));
    row.tasks = tasks.size();
    for (const store::TaskRow& task : tasks) {
      row.done += task.state == model::TaskState::done ? 1 : 0;
      row.failed += task.state == model::TaskState::failed ? 1 : 0;
    }
    json.push_back({{"id", row.id},
                    {"workflow", row.workflow},
                    {"state", base::name_of(row.state)},
                    {"cut_off", row.is_cut_off},
                    {"started", base::format_time(run.created)},
                    {"updated", base::format_time(run.updated)},
                    {"tasks", row.tasks},
                    {"done", row.done},
                    {"failed", row.failed}});
  }
  const terminal::Look look = world.terminal->look(terminal::Stream::out);
  options.json ? world.out(model::dump_json(json) + "\n")
               : world.say(terminal::runs_table(rows, world.clock->now(), look), terminal::Stream::out);
  return world.printed();
}

}  // namespace

void add_status(CLI::App& app, Action& action) {
  auto options = std::make_shared<StatusOptions>();
  app.add_option("run", options->run, "The run's id (default: the newest)");
  add_where(app, options->where);
  app.add_flag("--json", options->json, "As JSON, like report.json");
  app.callback(
      [options, &action] { action = [options](World& world) { return run_status(world, *options); }; });
}

void add_runs(CLI::App& app, Action& action) {
  auto options = std::make_shared<StatusOptions>();
  add_where(app, options->where);
  app.add_flag("--json", options->json, "As a JSON array, the newest first");
  app.callback(
      [options, &action] { action = [options](World& world) { return run_runs(world, *options); }; });
}

}  // namespace fleet::app
