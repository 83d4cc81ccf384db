#include "app/pipeline.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <random>

#include "app/base_commit.h"
#include "app/ci_comments.h"
#include "app/ci_output.h"
#include "app/deliver.h"
#include "app/earlier_run.h"
#include "app/gate.h"
#include "app/rules.h"
#include "app/run_report.h"
#include "app/transfer.h"
#include "git/path.h"
#include "git/refs.h"
#include "model/json.h"
#include "os/files.h"
#include "os/process_tree.h"
#include "plan/prices.h"
#include "report/build.h"
#include "store/process_lock.h"
#include "store/writer.h"
#include "terminal/summary.h"
#include "text/slug.h"

namespace fleet::app {
namespace {

using base::ExitCode;

constexpr std::string_view kIdLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

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

store::NewRun new_run(const World& world, const RunOptions& options, const Loaded& loaded, ObjectId start,
                      const FrozenOptions& frozen) {
  store::NewRun run;
  run.row.id = options.id.empty() ? make_run_id(world.clock->now()) : options.id;
  run.row.workflow = loaded.plan.workflow_name;
  run.row.workflow_path = loaded.plan.workflow_path;
  run.row.start = start;
  run.row.fleet_version = FLEET_VERSION;
  run.row.owner = own_identity();
  run.row.token = make_token();
  run.frozen = {loaded.workflow.source, model::dump_json(model::to_json(loaded.plan)), to_json(frozen)};
  for (std::uint32_t i = 0; i < loaded.plan.tasks.size(); ++i) {
    const model::PlannedTask& task = loaded.plan.tasks[i];
    run.tasks.push_back({{i}, task.id, task.title, model::TaskState::waiting, {}, {}, {}, {}});
  }
  return run;
}

// What a person may not expect: said before anything runs.
Result<> say_what_is_left_out(const World& world, const git::Repository& repository, ObjectId start) {
  const std::string commit = start.hex().substr(0, 10);
  // The run needs none of the files that are looked at here.
  if (const Result<std::size_t> uncommitted = repository.count_uncommitted(); !uncommitted) {
    world.say(fmt::format("note: {}; the run starts from {}\n", uncommitted.error().line(), commit));
  } else if (*uncommitted > 0) {
    world.say(fmt::format("note: {} uncommitted {} not part of the run, which starts from {}\n", *uncommitted,
                          *uncommitted == 1 ? "change is" : "changes are", commit));
  }
  FLEET_TRY(const std::vector<std::string> submodules, repository.submodules(start));
  if (!submodules.empty()) {
    constexpr std::size_t kMost = 5;
    std::string paths;
    for (std::size_t i = 0; i < std::min(submodules.size(), kMost); ++i)
      paths += (i == 0 ? "" : ", ") + git::quote_path(submodules[i]);
    if (submodules.size() > kMost) paths += fmt::format(" and {} more", submodules.size() - kMost);
    world.say(fmt::format("note: {} left alone, and tasks find {}: {}\n",
                          submodules.size() == 1 ? "the submodule is" : "submodules are",
                          submodules.size() == 1 ? "an empty folder" : "empty folders", paths));
  }
  return {};
}

ExitCode exit_code(const engine::FinishRun& finish, const std::string& delivery_error) {
  if (finish.state == model::RunState::stopped && finish.stopped == engine::StopReason::signal) {
    return ExitCode::interrupted;
  }
  if (!delivery_error.empty()) return ExitCode::world;
  return finish.state == model::RunState::finished ? ExitCode::good : ExitCode::failed;
}

std::string next_command(const model::Report& report, const engine::FinishRun& finish) {
  if (finish.state == model::RunState::stopped) {
    const std::string_view higher = finish.stopped == engine::StopReason::duration ? " --max-duration T"
                                    : finish.stopped == engine::StopReason::cost   ? " --max-cost USD"
                                                                                   : "";
    return fmt::format("fleet resume {}{}", report.run, higher);
  }
  if (finish.state != model::RunState::finished)
    return fmt::format("fleet resume {} --retry-failed", report.run);
  if (!report.delivery.branch.empty()) return fmt::format("git diff HEAD...{}", report.delivery.branch);
  return {};
}

Result<model::Report> report_of(const Checkout& checkout, const std::string& run, const model::Plan& plan) {
  FLEET_TRY(store::Reader reader, store::Reader::open(checkout.layout.database()));
  FLEET_TRY(const store::RunRow row, reader.run(run));
  return build_report(checkout, reader, row, plan);
}

// What the change comes to with the run's part of it, held against the gate. A gate that cannot judge does
// not let pass.
struct GateEnd {
  std::optional<model::AnalysisReport> analysis;  // none: there is no gate, or nothing for it
  bool is_bad = false;
};
GateEnd hold_against_gate(const World& world, const Checkout& checkout, const model::Plan& plan,
                          ObjectId judge, model::Report& report, std::vector<Error>& errors) {
  if (!plan.gate || !is_judged(report.state) || report.delivery.commit.is_none()) return {};
  report.gate.reset();
  auto judgement = judge_change(world, checkout, *plan.gate, judge, report.delivery.commit);
  if (!judgement) {
    errors.push_back(std::move(judgement).error());
    return {{}, true};
  }
  if (const auto kept = keep_gate(checkout, report.run, judgement->gate); !kept)
    errors.push_back(kept.error());
  const bool passed = judgement->gate.passed;
  report::add_gate(report, std::move(judgement->gate));
  return {std::move(judgement->analysis), !passed};
}

Result<std::vector<std::string>> write_run_reports(const Checkout& checkout, const model::Report& report,
                                                   const model::Plan& plan,
                                                   const std::optional<model::AnalysisReport>& analysis,
                                                   const std::filesystem::path& folder) {
  FLEET_TRY(store::Reader reader, store::Reader::open(checkout.layout.database()));
  FLEET_TRY(const report::HtmlExtras extras,
            html_extras(reader, report.workflow, analysis ? &*analysis : nullptr));
  std::vector<model::ReportFormat> formats = plan.report_formats;
  // Where there are findings, they are written as every code scanner reads them, asked for or not.
  if (analysis && std::find(formats.begin(), formats.end(), model::ReportFormat::sarif) == formats.end())
    formats.push_back(model::ReportFormat::sarif);
  return write_reports(report, formats, extras, folder);
}

// Beyond this point no agent runs; snapshots are read-only. What cannot be written is said last, and takes
// nothing else away: not the export, not the summary, and not the exit code of a run that was not good.
ExitCode conclude(World& world, const Checkout& checkout, const std::string& run, const model::Plan& plan,
                  ObjectId judge, const engine::FinishRun& finish, const EndOptions& end, Progress progress) {
  std::vector<Error> errors;
  GateEnd gate;
  const auto write_to = [&](const model::Report& report, const std::filesystem::path& folder,
                            std::vector<std::string>& paths) {
    Result<std::vector<std::string>> written =
        write_run_reports(checkout, report, plan, gate.analysis, folder);
    const auto add = [&](Result<std::vector<std::string>> more) {
      if (!more)
        errors.push_back(std::move(more).error());
      else
        std::move(more->begin(), more->end(), std::back_inserter(*written));
    };
    if (written && gate.analysis) add(write_findings(*gate.analysis, folder));
    if (written) add(write_patch(checkout, report, folder));
    if (written)
      paths = *std::move(written);
    else
      errors.push_back(std::move(written).error());
  };
  const bool is_stopped = finish.state == model::RunState::stopped;
  // Before anything that waits for a server: the job may be killed meanwhile.
  std::string exported_to;
  for (const std::string& folder : {end.export_to, is_stopped ? end.export_on_stop : std::string()}) {
    if (folder.empty()) continue;
    if (const auto exported = export_to(world, checkout, run, folder); !exported) {
      errors.push_back(exported.error());
    } else if (is_stopped) {
      exported_to = folder;
    }
  }
  Result<model::Report> report = report_of(checkout, run, plan);
  terminal::SummaryPlaces places;
  std::optional<forge::OpenPull> opened;
  if (report) {
    gate = hold_against_gate(world, checkout, plan, judge, *report, errors);
    opened = deliver(world, checkout, *report, end.comment_key, gate.is_bad, errors);
    places.next = exported_to.empty() ? next_command(*report, finish) : "fleet resume --from " + exported_to;
    write_to(*report, checkout.layout.report(run), places.reports);
    if (!end.report.empty()) write_to(*report, end.report, places.reports);
  } else {
    errors.push_back(report.error());
  }
  if (report) {
    // With JSON, standard output holds one object a line and nothing else.
    const auto stream = progress == Progress::json ? terminal::Stream::err : terminal::Stream::out;
    world.say(terminal::summary(*report, places, world.terminal->look(stream)), stream);
  }
  for (const Error& error : errors) {
    world.say(fmt::format("fleet: {}\n", explain(error)));
    annotate(world, error);
  }
  if (report) {
    tell_ci(world, *report, gate.analysis ? &*gate.analysis : nullptr,
            end.report.empty() ? checkout.layout.report(run).string() : end.report);
    comment_in_ci(world, checkout, plan, *report, gate.analysis ? &*gate.analysis : nullptr, opened,
                  end.comment_key);
  }
  ExitCode code = exit_code(finish, report ? report->delivery.error : "");
  if (code == ExitCode::good && gate.is_bad && report->gate) code = ExitCode::failed;
  return code == ExitCode::good && !errors.empty() ? ExitCode::world : code;
}

// An Error when nothing can be written into the folder, which need not be there yet, and is not made.
Result<> check_writable(const std::string& option, const std::string& folder) {
  const std::string tried = "use " + option;
  std::filesystem::path at = std::filesystem::absolute(folder);
  while (!os::exists(at) && at.has_relative_path())
    at = at.parent_path();
  if (!os::is_directory(at)) {
    return base::fail_input(tried, folder, fmt::format("{} is no folder", at.string()),
                            "name another folder");
  }
  const auto probe = os::TemporaryDirectory::create(at);
  if (!probe) return base::fail_world(tried, folder, probe.error().why, "name another folder");
  return {};
}

Result<> check_folders(const EndOptions& end, const std::string& run) {
  if (!end.report.empty()) FLEET_CHECK(check_writable("--report", end.report));
  if (!end.export_to.empty()) {
    FLEET_CHECK(check_export_folder(end.export_to, run));
    FLEET_CHECK(check_writable("--export-to", end.export_to));
  }
  if (!end.export_on_stop.empty()) {
    FLEET_CHECK(check_export_folder(end.export_on_stop, run));
    FLEET_CHECK(check_writable("--export-on-stop", end.export_on_stop));
  }
  return {};
}

Result<> check_id(const std::string& id) {
  if (id.empty() || text::slug(id) == id) return {};
  std::string why = "a run's id is of letters, digits, `_` and `-`";
  if (id.size() > text::kMaxSlug) {
    why = fmt::format("it has {} bytes, and a run's id has at most {}", id.size(), text::kMaxSlug);
  } else if (id.find_first_not_of(kIdLetters) == std::string::npos) {
    why = "a run's id has no `-` at its ends, and no twelve hexadecimal digits after the last one";
  }
  return base::fail_input("use --id", id, std::move(why));
}

void change_limits(model::Settings& settings, const plan::Overrides& limits, model::Origin by) {
  if (limits.parallel) settings.parallel = {*limits.parallel, by};
  if (limits.duration) settings.duration = {limits.duration, by};
  if (limits.cost) settings.cost = {limits.cost, by};
  if (limits.grace) settings.grace = {*limits.grace, by};
}

// The stored limits, with those that this environment and this command line change: also one that the run
// began with by its command line.
Result<model::Settings> limits_now(const World& world, const model::Plan& plan,
                                   const plan::Overrides& given) {
  model::Settings stored = plan.settings;
  FLEET_TRY(const plan::Overrides environment, limits_of_environment(world));
  change_limits(stored, environment, model::Origin::environment);
  change_limits(stored, given, model::Origin::command_line);
  cap_grace(world, stored);
  if (!stored.cost.value) return stored;
  for (const auto& [name, agent] : plan.agents) {
    if (const auto wrong = plan::unbounded(agent))
      return base::fail_input("hold a limit on cost for", name, wrong->why,
                              "go on without one, or change the workflow file and use --replan");
  }
  return stored;
}

}  // namespace

namespace {

// That the run would write over nothing. What a run that was killed at once left is this run's only where its
// folders are: another state may have a run of this id.
Result<> check_refs(const Checkout& checkout, const std::string& run, const std::string& branch_prefix,
                    ObjectId start) {
  const git::Refs refs(checkout.repository);
  if (!os::exists(checkout.layout.run(run))) return refs.check_unused(run, branch_prefix, {});
  FLEET_TRY(const auto lock, store::ProcessLock::take(checkout.layout.lock(run), "drive the run " + run));
  refs.break_start(run);
  return refs.check_unused(run, branch_prefix, start);
}

// `begun`: in the run that this one goes on from.
Result<ExitCode> run_plan(World& world, const RunOptions& options, const Checkout& checkout,
                          const Loaded& loaded, ObjectId start, const FrozenOptions& frozen,
                          std::vector<engine::Begun> begun) {
  FLEET_CHECK(check_id(options.id));
  // What is wrong with the rules is said before anything runs.
  if (loaded.plan.gate) FLEET_CHECK(rules_at(world, checkout.repository, frozen.judge));
  FLEET_TRY(Secrets secrets, collect_secrets(world, loaded.plan, "take it out of the task's `secrets`"));
  hide_in_ci(world, secrets);
  store::NewRun run = new_run(world, options, loaded, start, frozen);
  const std::string id = run.row.id;
  FLEET_CHECK(check_folders(options.end, id));
  FLEET_CHECK(check_delivery(world, checkout.repository, loaded.plan, start));
  if (model::writes_branch(loaded.plan.settings.deliver.value)) {
    FLEET_CHECK(git::Refs(checkout.repository).check_branch_free(run.row.id, frozen.branch_prefix));
  }
  FLEET_CHECK(store::create_state(checkout.layout.root()));
  FLEET_CHECK(refuse_known_run(checkout, run.row.id));
  FLEET_CHECK(check_refs(checkout, id, frozen.branch_prefix, start));
  FLEET_CHECK(say_what_is_left_out(world, checkout.repository, start));

  // Beyond this point the plan never changes.
  FLEET_TRY(auto session, Session::open(world, checkout, run.row, loaded.plan, frozen, std::move(secrets),
                                        options.session));
  FLEET_TRY(const engine::FinishRun finish, session->start(std::move(run), std::move(begun)));
  session.reset();
  return conclude(world, checkout, id, loaded.plan, frozen.judge, finish, options.end,
                  options.session.progress);
}

// With the ref of its start, `fleet clean` has deleted what a resume needs.
Result<> refuse_cleaned_run(const Checkout& checkout, const std::string& run) {
  FLEET_TRY(const std::optional<ObjectId> start, git::Refs(checkout.repository).read(git::start_ref(run)));
  if (start) return {};
  return base::fail_input("resume the run", run, "`fleet clean` has deleted what it stands on",
                          "start a new one with `fleet run`");
}

// Of a run that is over there is nothing to resume; but where its fleet was killed before it could tell, that
// is made up for.
Result<ExitCode> tell_end(World& world, const ResumeOptions& options, const Checkout& checkout,
                          store::Reader& reader, const store::RunRow& run, const model::Plan& plan,
                          ObjectId judge) {
  if (!are_written(plan, checkout.layout.report(run.id))) {
    FLEET_TRY(const engine::Scheduler ended, replay(reader, run.id, plan));
    FLEET_CHECK(check_folders(options.end, run.id));
    if (const std::optional<engine::FinishRun> finish = ended.finished())
      return conclude(world, checkout, run.id, plan, judge, *finish, options.end, options.session.progress);
  }
  return base::fail_input(
      "resume the run", run.id, fmt::format("it is over: {}", base::name_of(run.state)),
      fmt::format("{}; `fleet report {}` writes its reports again",
                  run.state == model::RunState::finished ? "`fleet run` starts a new one"
                                                         : "--retry-failed runs what failed again",
                  run.id));
}

// What the earlier run has begun, and must not begin here as if nothing had been. Nobody drives it meanwhile,
// and nothing of it runs any more.
Result<std::vector<engine::Begun>> take_leave_of(const World& world, const Checkout& checkout,
                                                 store::Reader& reader, const store::RunRow& earlier,
                                                 const model::Plan& before, const model::Plan& now) {
  FLEET_CHECK(store::create_run_folders(checkout.layout, earlier.id));
  FLEET_TRY(const store::ProcessLock lock,
            store::ProcessLock::take(checkout.layout.lock(earlier.id), "go on from the run " + earlier.id));
  FLEET_TRY(const engine::Scheduler left, replay(reader, earlier.id, before));
  FLEET_TRY(std::vector<engine::Begun> begun, begun_in(world, earlier.id, left, before, now));
  if (earlier.token.empty()) return begun;  // it ran elsewhere: its process ids mean nothing here
  FLEET_TRY(const std::size_t ended, end_leftovers(left, earlier.token));
  if (ended > 0) world.say(fmt::format("note: {}\n", describe_leftovers(ended)));
  return begun;
}

// With the workflow file as it is now: a run of its own, from the same commit, to which the earlier one hands
// on what it finished by the same definition and inputs. The earlier one stays as it is on record.
Result<ExitCode> replan_run(World& world, const ResumeOptions& options, const Checkout& checkout,
                            store::Reader& reader, const store::RunRow& earlier, const model::Plan& plan,
                            const FrozenOptions& before) {
  RunOptions run;
  run.session = options.session;
  run.workflow = {workflow_file(checkout, plan.workflow_path), options.inputs, plan.inputs, options.limits};
  run.end = options.end;
  FLEET_TRY(Loaded loaded, load(world, checkout, run.workflow, Purpose::run));
  FrozenOptions frozen = before;
  frozen.goes_on_from = earlier.id;
  FLEET_TRY(loaded.plan.gate, gate_in_force(world, checkout.repository, loaded.plan, frozen.judge));
  FLEET_CHECK(check_base(checkout.repository, loaded.plan, earlier.id, frozen.base));
  world.say(
      fmt::format("note: goes on from the run {} with {} as it is now\n", earlier.id, plan.workflow_path));
  FLEET_TRY(std::vector<engine::Begun> begun,
            take_leave_of(world, checkout, reader, earlier, plan, loaded.plan));
  return run_plan(world, run, checkout, loaded, earlier.start, frozen, std::move(begun));
}

}  // namespace

Result<ExitCode> run_workflow(World& world, const RunOptions& options) {
  FLEET_CHECK(check_job(world));
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(Loaded loaded, load(world, checkout, options.workflow, Purpose::run));
  FLEET_TRY(const ObjectId start, start_of(checkout.repository, options.from));
  FrozenOptions frozen;
  FLEET_TRY(std::optional<ObjectId> told, named_base(world, checkout.repository, options.base));
  if (!told) {
    FLEET_TRY(told, base_in_ci(world, checkout.repository, start));
  }
  frozen.judge = told.value_or(start);
  FLEET_TRY(loaded.plan.gate, gate_in_force(world, checkout.repository, loaded.plan, frozen.judge));
  frozen.branch_prefix = options.branch_prefix;
  FLEET_TRY(frozen.base, base_of(checkout.repository, told, start));
  say_when_all_is_changed(world, loaded.plan, frozen.base);
  return run_plan(world, options, checkout, loaded, start, frozen, {});
}

Result<ExitCode> resume_run(World& world, const ResumeOptions& options) {
  FLEET_CHECK(check_job(world));
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  std::string name = options.run;
  if (!options.from.empty()) {
    FLEET_TRY(name, import_from(checkout, options.from, options.run));
  }
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(store::RunRow run, find_run(reader, name));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  FLEET_TRY(const store::FrozenRun stored, reader.frozen(run.id));
  FLEET_TRY(FrozenOptions frozen, frozen_options(stored.options));
  if (frozen.judge.is_none()) frozen.judge = run.start;
  FLEET_CHECK(refuse_cleaned_run(checkout, run.id));
  if (options.replan) return replan_run(world, options, checkout, reader, run, plan, frozen);
  const bool is_over = run.state != model::RunState::running && run.state != model::RunState::stopped;
  if (is_over && (run.state == model::RunState::finished || !options.retry_failed)) {
    return tell_end(world, options, checkout, reader, run, plan, frozen.judge);
  }
  FLEET_CHECK(check_base(checkout.repository, plan, run.id, frozen.base));
  FLEET_CHECK(check_folders(options.end, run.id));
  FLEET_TRY(const model::Settings limits, limits_now(world, plan, options.limits));
  say_what_changed(world, checkout, run.id, plan, stored);
  FLEET_TRY(Secrets secrets,
            collect_secrets(world, plan,
                            fmt::format("take it out of the task's `secrets` and go on with `fleet resume {} "
                                        "--replan`",
                                        run.id)));
  hide_in_ci(world, secrets);
  FLEET_CHECK(reader.check());
  const CameFrom from = run.token.empty() ? CameFrom::elsewhere : CameFrom::here;
  if (from == CameFrom::elsewhere) run.token = make_token();
  run.owner = own_identity();

  FLEET_TRY(auto session,
            Session::open(world, checkout, run, plan, frozen, std::move(secrets), options.session));
  FLEET_TRY(const engine::FinishRun finish, session->resume(limits, options.retry_failed, from));
  session.reset();
  return conclude(world, checkout, run.id, plan, frozen.judge, finish, options.end, options.session.progress);
}

}  // namespace fleet::app
