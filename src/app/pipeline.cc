#include "app/pipeline.h"

#include <fmt/format.h>
#include <unistd.h>

#include <random>

#include "app/run_report.h"
#include "app/transfer.h"
#include "git/refs.h"
#include "model/json.h"
#include "os/process_tree.h"
#include "report/build.h"
#include "store/writer.h"
#include "terminal/summary.h"
#include "text/slug.h"

namespace fleet::app {
namespace {

using base::ExitCode;

// `20261120-083112-k3f9`: sorts by time, and is valid in refs.
std::string make_run_id(TimePoint now) {
  static constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";
  std::random_device device;
  std::string tail;
  for (int i = 0; i < 4; ++i)
    tail += kLetters[device() % kLetters.size()];
  std::string id;
  for (const char c : base::format_time(now).substr(0, 19)) {
    if (c == 'T') {
      id += '-';
    } else if (c >= '0' && c <= '9') {
      id += c;
    }
  }
  return fmt::format("{}-{}", id, tail);
}

// By it the processes of the run are known; nobody else may guess it.
std::string make_token() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

model::ProcessIdentity own_identity() {
  const auto stat = os::process_stat(::getpid());
  return {::getpid(), stat ? stat->start_time : 0};
}

// HEAD is asked for by name, so that a repository with no commit yet gets a message of its own.
Result<ObjectId> start_of(const git::Repository& repository, const std::string& revision) {
  if (revision != "HEAD") return repository.resolve(revision);
  FLEET_TRY(const git::Head head, repository.head());
  return head.commit;
}

Result<ObjectId> base_of(const World& world, const git::Repository& repository, const std::string& given,
                         ObjectId start) {
  const std::string name = given.empty() ? world.variable("FLEET_BASE").value_or("") : given;
  if (!name.empty()) return repository.resolve(name);
  FLEET_TRY(const git::Commit commit, repository.objects().read_commit(start));
  // The first commit, or a shallow clone's last: there is nothing to compare with, so everything counts as
  // changed.
  if (commit.parents.empty() || !repository.objects().contains(commit.parents.front())) return ObjectId{};
  return commit.parents.front();
}

store::NewRun new_run(const World& world, const RunOptions& options, const Loaded& loaded, ObjectId start,
                      const FrozenOptions& frozen) {
  store::NewRun run;
  const TimePoint now = world.clock->now();
  run.row.id = options.id.empty() ? make_run_id(now) : options.id;
  run.row.workflow = loaded.plan.workflow_name;
  run.row.workflow_path = loaded.plan.workflow_path;
  run.row.start = start;
  run.row.fleet_version = FLEET_VERSION;
  run.row.owner = own_identity();
  run.row.token = make_token();
  run.row.created = run.row.updated = now;
  run.frozen = {loaded.workflow.source, model::dump_json(model::to_json(loaded.plan)), to_json(frozen)};
  for (std::uint32_t i = 0; i < loaded.plan.tasks.size(); ++i) {
    const model::PlannedTask& task = loaded.plan.tasks[i];
    run.tasks.push_back({{i}, task.id, task.title, model::TaskState::waiting, {}, {}, now, now});
  }
  return run;
}

// What a person may not expect: said before anything runs.
Result<> say_what_is_left_out(const World& world, const git::Repository& repository, ObjectId start) {
  FLEET_TRY(const std::size_t uncommitted, repository.count_uncommitted());
  if (uncommitted > 0) {
    world.err(fmt::format("note: {} uncommitted {} not part of the run, which starts from {}\n", uncommitted,
                          uncommitted == 1 ? "change is" : "changes are", start.hex().substr(0, 10)));
  }
  FLEET_TRY(const std::vector<std::string> submodules, repository.submodules(start));
  if (!submodules.empty()) {
    world.err(fmt::format("note: {} left alone: tasks find empty folders\n",
                          submodules.size() == 1 ? "the submodule is" : "submodules are"));
  }
  return {};
}

ExitCode exit_code(const engine::FinishRun& finish, const model::Report& report) {
  if (finish.state == model::RunState::stopped && finish.stopped == engine::StopReason::signal) {
    return ExitCode::interrupted;
  }
  if (!report.delivery.error.empty()) return ExitCode::world;
  return finish.state == model::RunState::finished ? ExitCode::good : ExitCode::failed;
}

std::string next_command(const model::Report& report, const engine::FinishRun& finish) {
  if (finish.state == model::RunState::stopped) return fmt::format("fleet resume {}", report.run);
  if (finish.state != model::RunState::finished)
    return fmt::format("fleet resume {} --retry-failed", report.run);
  if (!report.delivery.branch.empty()) return fmt::format("git diff HEAD...{}", report.delivery.branch);
  return {};
}

// Beyond this point no agent runs; snapshots are read-only.
Result<ExitCode> conclude(World& world, const Checkout& checkout, const std::string& run,
                          const model::Plan& plan, const engine::FinishRun& finish,
                          const std::string& report_folder, const std::string& export_folder) {
  FLEET_TRY(store::Reader reader, store::Reader::open(checkout.layout.database()));
  FLEET_TRY(const store::RunRow row, reader.run(run));
  FLEET_TRY(const model::Report report, build_report(checkout, reader, row, plan));
  terminal::SummaryPlaces places;
  FLEET_TRY(places.reports, write_reports(report, checkout.layout.report(run)));
  if (!report_folder.empty()) {
    FLEET_TRY(places.reports, write_reports(report, report_folder));
  }
  places.next = next_command(report, finish);
  if (finish.state == model::RunState::stopped && !export_folder.empty()) {
    FLEET_CHECK(export_to(world, checkout, run, export_folder));
    places.next = fmt::format("fleet resume --from {}", export_folder);
  }
  world.out(terminal::summary(report, places, world.terminal->look(terminal::Stream::out)));
  return exit_code(finish, report);
}

// The stored limits, with those that the command line changes.
model::Settings changed_limits(model::Settings settings, const plan::Overrides& limits) {
  constexpr model::Origin kBy = model::Origin::command_line;
  if (limits.parallel) settings.parallel = {*limits.parallel, kBy};
  if (limits.duration) settings.duration = {limits.duration, kBy};
  if (limits.stop_when_failed) settings.stop_when_failed = {limits.stop_when_failed, kBy};
  if (limits.ask_when_failed) settings.ask_when_failed = {limits.ask_when_failed, kBy};
  if (limits.grace) settings.grace = {*limits.grace, kBy};
  return settings;
}

}  // namespace

namespace {

Result<ExitCode> run_plan(World& world, const RunOptions& options, const Checkout& checkout,
                          const Loaded& loaded, ObjectId start, const FrozenOptions& frozen) {
  if (!options.id.empty() && text::slug(options.id) != options.id) {
    return base::fail_input("use --id", options.id, "a run's id is of letters, digits, `_` and `-`");
  }
  const store::NewRun run = new_run(world, options, loaded, start, frozen);
  if (loaded.plan.settings.deliver.value == model::Delivery::branch) {
    FLEET_CHECK(git::Refs(checkout.repository).check_branch_free(run.row.id, frozen.branch_prefix));
  }
  FLEET_CHECK(store::create_state(checkout.layout.root()));
  FLEET_CHECK(refuse_known_run(checkout, run.row.id));
  FLEET_CHECK(git::Refs(checkout.repository).check_unused(run.row.id, frozen.branch_prefix, start));
  FLEET_CHECK(say_what_is_left_out(world, checkout.repository, start));

  // Beyond this point the plan never changes.
  FLEET_TRY(auto session, Session::open(world, checkout, run.row, loaded.plan, frozen, options.session));
  FLEET_TRY(const engine::FinishRun finish, session->start(run));
  session.reset();
  return conclude(world, checkout, run.row.id, loaded.plan, finish, options.report, options.export_on_stop);
}

// With the workflow file as it is now: a run of its own, from the same commit, to which the earlier one hands
// on what it finished by the same definition and inputs. The earlier one stays as it is on record.
Result<ExitCode> replan_run(World& world, const ResumeOptions& options, const Checkout& checkout,
                            const store::RunRow& earlier, const model::Plan& plan,
                            const FrozenOptions& before) {
  if (earlier.state == model::RunState::running || earlier.state == model::RunState::stopped) {
    FLEET_TRY(auto session, Session::open(world, checkout, earlier, plan, before, options.session));
    if (!earlier.token.empty()) FLEET_CHECK(session->end_leftovers());
  }
  RunOptions run;
  run.where = options.where;
  run.session = options.session;
  run.workflow = {plan.workflow_path, options.inputs, plan.inputs, options.limits};
  run.report = options.report;
  run.export_on_stop = options.export_on_stop;
  FLEET_TRY(const Loaded loaded, load(world, checkout, run.where, run.workflow, Purpose::run));
  FrozenOptions frozen = before;
  frozen.goes_on_from = earlier.id;
  world.err(
      fmt::format("note: goes on from the run {} with {} as it is now\n", earlier.id, plan.workflow_path));
  return run_plan(world, run, checkout, loaded, earlier.start, frozen);
}

}  // namespace

Result<ExitCode> run_workflow(World& world, const RunOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(const Loaded loaded, load(world, checkout, options.where, options.workflow, Purpose::run));
  FLEET_TRY(const ObjectId start, start_of(checkout.repository, options.from));
  FrozenOptions frozen;
  frozen.branch_prefix = options.branch_prefix;
  FLEET_TRY(frozen.base, base_of(world, checkout.repository, options.base, start));
  return run_plan(world, options, checkout, loaded, start, frozen);
}

Result<ExitCode> resume_run(World& world, const ResumeOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  std::string name = options.run;
  if (!options.from.empty()) {
    FLEET_TRY(name, import_from(checkout, options.from));
  }
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(store::RunRow run, find_run(reader, name));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  FLEET_TRY(const store::FrozenRun stored, reader.frozen(run.id));
  FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
  if (options.replan) return replan_run(world, options, checkout, run, plan, frozen);
  const bool is_over = run.state != model::RunState::running && run.state != model::RunState::stopped;
  if (is_over && (run.state == model::RunState::finished || !options.retry_failed)) {
    return base::fail_input("resume the run", run.id, fmt::format("it is over: {}", base::name_of(run.state)),
                            run.state == model::RunState::finished ? "start a new one with `fleet run`"
                                                                   : "--retry-failed runs what failed again");
  }
  FLEET_CHECK(say_what_changed(world, options.where, plan, stored));
  FLEET_CHECK(reader.check());
  const CameFrom from = run.token.empty() ? CameFrom::elsewhere : CameFrom::here;
  if (from == CameFrom::elsewhere) run.token = make_token();
  run.owner = own_identity();

  FLEET_TRY(auto session, Session::open(world, checkout, run, plan, frozen, options.session));
  FLEET_TRY(const engine::FinishRun finish,
            session->resume(changed_limits(plan.settings, options.limits), options.retry_failed, from));
  session.reset();
  return conclude(world, checkout, run.id, plan, finish, options.report, options.export_on_stop);
}

}  // namespace fleet::app
