#include "app/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <set>
#include <thread>

#include "agents/agent_key.h"
#include "app/earlier_run.h"
#include "app/gate.h"
#include "app/instructions.h"
#include "app/kept_results.h"
#include "app/overlays.h"
#include "app/progress.h"
#include "app/workspaces.h"
#include "attempt/local_executor.h"
#include "base/thread.h"
#include "engine/driver.h"
#include "git/delivery.h"
#include "git/tree.h"
#include "model/json.h"
#include "os/event_loop.h"
#include "os/files.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "os/signals.h"
#include "os/worker_pool.h"
#include "store/cancellation.h"
#include "store/process_lock.h"
#include "text/glob.h"

namespace fleet::app {
namespace {

std::vector<text::Secret> to_mask(const Secrets& secrets) {
  std::vector<text::Secret> list;
  list.reserve(secrets.size());
  for (const auto& [name, value] : secrets)
    list.push_back({name, value});
  return list;
}

std::function<Result<bool>(const std::vector<std::string>&)> changed_since(const git::Repository& repository,
                                                                           ObjectId base, ObjectId start) {
  // Compared once, by whichever worker asks first.
  auto known = std::make_shared<base::Sync<std::optional<std::vector<model::Change>>>>();
  return [&repository, base, start, known](const std::vector<std::string>& globs) -> Result<bool> {
    if (base.is_none()) return true;
    FLEET_TRY(const text::GlobSet wanted, text::GlobSet::parse(globs));
    auto changes = known->lock();
    if (!*changes) {
      const git::ObjectStore& objects = repository.objects();
      FLEET_TRY(const ObjectId before, objects.tree_of(base));
      FLEET_TRY(const ObjectId after, objects.tree_of(start));
      FLEET_TRY(*changes, git::diff(objects, before, after));
    }
    return std::any_of((*changes)->begin(), (*changes)->end(),
                       [&](const model::Change& change) { return wanted.matches(change.path); });
  };
}

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace

class Session::Impl {
 public:
  Impl(World& world, const Checkout& checkout, const store::RunRow& run, const model::Plan& plan,
       const SessionOptions& options)
      : world_(world),
        checkout_(checkout),
        run_(run),
        plan_(plan),
        options_(options),
        refs_(checkout.repository) {}

  Result<> set_up(const FrozenOptions& frozen, Secrets secrets);
  Result<engine::FinishRun> start(store::NewRun run, std::vector<engine::Begun> begun);
  Result<engine::FinishRun> resume(const model::Settings& settings, bool retry_failed, CameFrom from);
  ~Impl() {
    for (std::thread& thread : asking_)
      thread.join();
    // Where the journal broke, attempts are still at work: what they do there uses all that is below.
    http_.reset();
    workers_.reset();
    merger_.reset();
  }

 private:
  Result<> replay();
  Result<> find_branch_tip();
  Result<engine::FinishRun> drive();
  void answer(const engine::Ask& ask);
  void answer_as_told(const engine::Ask& ask);
  void cancel_what_is_asked();
  void note(const std::string& text);

  World& world_;
  const Checkout& checkout_;
  const store::RunRow run_;
  const model::Plan& plan_;
  const SessionOptions options_;

  bool had_folders_ = false;  // a process before this one began the run here
  std::optional<store::ProcessLock> lock_;
  std::optional<WorkspaceFolder> folder_;
  git::Refs refs_;
  std::optional<git::WorkspacePool> pool_;
  std::optional<attempt::TemporaryFolders> temporary_folders_;
  text::Masker masker_;
  std::unique_ptr<os::EventLoop> loop_;
  std::unique_ptr<os::Processes> processes_;
  std::unique_ptr<os::WorkerPool> workers_;
  std::unique_ptr<os::WorkerPool> merger_;
  std::unique_ptr<net::HttpClient> http_;
  std::unique_ptr<store::Writer> writer_;
  std::unique_ptr<os::SignalWatch> signals_;
  std::unique_ptr<attempt::Services> services_;
  std::unique_ptr<attempt::LocalExecutor> executor_;
  std::unique_ptr<ProgressView> progress_;
  std::unique_ptr<engine::Driver> driver_;
  std::set<std::string> noted_;
  bool is_stopping_ = false;  // by a signal
  std::vector<std::thread> asking_;
  std::optional<engine::FinishRun> finished_;
  std::optional<Error> broken_;
};

Result<> Session::Impl::set_up(const FrozenOptions& frozen, Secrets secrets) {
  os::hold_signals();
  const git::Repository& repository = checkout_.repository;
  FLEET_TRY(const git::Commit start, repository.objects().read_commit(run_.start));
  FLEET_TRY(attempt::SecretStop secret_stop,
            attempt::SecretStop::create(repository.objects(), start.tree, secrets));
  FLEET_TRY(auto gate, gate_of_attempts(world_, repository, plan_, frozen.judge));
  had_folders_ = os::exists(checkout_.layout.run(run_.id));
  FLEET_CHECK(store::create_run_folders(checkout_.layout, run_.id));
  FLEET_TRY(lock_, store::ProcessLock::take(checkout_.layout.lock(run_.id), "drive the run " + run_.id));
  repository.objects().remove_empty();  // also where a run that lost power left no trace of itself
  masker_ = text::Masker(to_mask(secrets));
  const std::optional<os::UserId> user = checkout_.owner;
  FLEET_TRY(auto folder, WorkspaceFolder::claim(world_, options_.workspaces, checkout_.layout.root(), user));
  folder_.emplace(std::move(folder));
  FLEET_TRY(const OverlayChoice overlays,
            choose_overlays(world_, options_.overlays, checkout_, start.tree, folder_->workspaces()));
  FLEET_TRY(pool_, git::WorkspacePool::open(repository, folder_->workspaces()));
  temporary_folders_.emplace(folder_->temporary());

  FLEET_TRY(loop_, os::EventLoop::create());
  FLEET_TRY(processes_, os::Processes::create(*loop_));
  // One a core: with more of them, one that holds the queue's lock may have to wait for a core, and all for
  // it.
  FLEET_TRY(workers_,
            os::WorkerPool::create(*loop_, std::clamp(std::thread::hardware_concurrency(), 2u, 4u)));
  FLEET_TRY(merger_, os::WorkerPool::create(*loop_, 1));
  http_ = world_.make_http_client();
  // What the kernel can do is found out meanwhile.
  workers_->submit([] { static_cast<void>(os::sandbox_ability()); }, [] {});
  FLEET_TRY(writer_, store::Writer::open(checkout_.layout.database()));
  attempt::KeptResults kept;
  if (!frozen.goes_on_from.empty()) {
    FLEET_TRY(store::Reader reader, store::Reader::open(checkout_.layout.database()));
    FLEET_TRY(kept, kept_results(reader, frozen.goes_on_from, plan_));
  }

  const std::string path = world_.variable("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  const std::string home = world_.variable("HOME").value_or("");
  const std::vector<std::string> closed{repository.common_folder(), checkout_.layout.root(), folder_->root(),
                                        home};
  services_.reset(
      new attempt::Services{*loop_,
                            *processes_,
                            *workers_,
                            *merger_,
                            *http_,
                            repository,
                            refs_,
                            *pool_,
                            *temporary_folders_,
                            *world_.clock,
                            plan_,
                            masker_,
                            attempt::RunFacts{run_.id, changed_since(repository, frozen.base, run_.start)},
                            attempt::Keepers(plan_),
                            std::move(kept),
                            run_.id,
                            run_.start,
                            start.tree,
                            start.committer.when,
                            frozen.branch_prefix,
                            checkout_.layout.run(run_.id),
                            path,
                            home,
                            std::make_shared<const os::OpenPlaces>(os::system_read_paths(path, home, closed)),
                            std::move(secrets),
                            std::move(secret_stop),
                            std::move(gate),
                            run_.token,
                            user,
                            [this](const std::string& text) { note(text); }});
  executor_ = std::make_unique<attempt::LocalExecutor>(*services_);
  progress_ = make_progress(world_, plan_, options_.progress, checkout_.layout.database(), run_.id);
  for (const std::string& name : masker_.unmaskable()) {
    note(fmt::format("the secret {} is too short to be masked in logs and reports", name));
  }

  services_->overlays = overlays.used;
  if (asks_models(plan_)) {
    FLEET_TRY(services_->instructions,
              project_instructions(repository, frozen.judge.is_none() ? run_.start : frozen.judge));
  }
  if (!overlays.note.empty()) note(overlays.note);

  engine::DriverEvents events;
  events.event = [this](const model::RunEvent& event) { progress_->handle(event); };
  events.ask = [this](const engine::Ask& ask) { answer(ask); };
  events.finished = [this](const engine::FinishRun& finish) {
    finished_ = finish;
    loop_->stop();
  };
  events.broken = [this](const Error& error) {
    broken_ = error;
    loop_->stop();
  };
  driver_ = std::make_unique<engine::Driver>(plan_, run_.id, *loop_, *writer_, *executor_, *world_.clock,
                                             masker_, std::move(events));
  // What was asked of a process before this one is not asked of this one.
  static_cast<void>(store::take_cancellations(checkout_.layout, run_.id));
  FLEET_TRY(signals_, os::SignalWatch::create(*loop_, [this](int number) {
              if (number == os::kCancelSignal) return cancel_what_is_asked();
              note(fmt::format("{} received: {}", os::signal_name(number),
                               is_stopping_ ? "hurrying" : "stopping; once more to hurry"));
              is_stopping_ = true;
              noted_.clear();
              driver_->post(engine::StopRequested{engine::StopReason::signal});
              world_.terminal->withdraw();
            }));
  return {};
}

Result<engine::FinishRun> Session::Impl::start(store::NewRun run, std::vector<engine::Begun> begun) {
  git::RefUpdate start{git::start_ref(run_.id), run_.start, ObjectId{}};
  if (had_folders_) {  // one that was killed at once may have left it
    FLEET_TRY(const auto left, refs_.read(start.name));
    if (left == run_.start) start.expected = left;
  }
  FLEET_CHECK(refs_.write(std::span(&start, 1)));
  // A run that is on record and lost its start to a power cut could not be resumed.
  FLEET_CHECK(checkout_.repository.objects().sync());
  // Until now nothing of it was there.
  run.row.created = run.row.updated = world_.clock->now();
  for (store::TaskRow& task : run.tasks)
    task.created = task.updated = run.row.created;
  driver_->begin(std::move(run), engine::RunStarted{random_seed(), std::move(begun)});
  return drive();
}

Result<engine::FinishRun> Session::Impl::resume(const model::Settings& settings, bool retry_failed,
                                                CameFrom from) {
  FLEET_CHECK(replay());
  refs_.break_locks(run_.id, services_->branch_prefix);
  if (model::writes_branch(plan_.settings.deliver.value)) FLEET_CHECK(find_branch_tip());
  // A run from another machine left nothing here, and its process ids mean nothing here.
  if (from == CameFrom::here) {
    FLEET_TRY(const std::size_t ended, end_leftovers(driver_->scheduler(), run_.token));
    if (ended > 0) note(describe_leftovers(ended));
  }
  std::vector<git::TaskResult> results;
  for (const TaskIndex task : driver_->scheduler().accepted()) {
    const engine::Scheduler::TaskView view = driver_->scheduler().task(task);
    results.push_back({task, view.base, view.snapshot, {}, view.from});
  }
  const store::RunUpdate update{model::RunState::running, run_.owner, world_.clock->now(), run_.token};
  executor_->restore(std::move(results), [this, update, settings, retry_failed](Result<> restored) {
    if (!restored) {
      broken_ = restored.error();
      loop_->stop();
      return;
    }
    driver_->resume(update, engine::RunResumed{settings, retry_failed});
  });
  return drive();
}

Result<> Session::Impl::replay() {
  FLEET_TRY(store::Reader reader, store::Reader::open(checkout_.layout.database()));
  return driver_->replay(reader, [this](const model::RunEvent& event) { progress_->recall(event); });
}

// A resume delivers where the run delivered before, so it refuses at once when somebody has been there since,
// or is there now.
Result<> Session::Impl::find_branch_tip() {
  const git::Delivered delivered{driver_->scheduler().delivered(), driver_->scheduler().is_finished()};
  FLEET_TRY(services_->branch_tip, git::tip_to_replace(checkout_.repository, run_.id,
                                                       services_->branch_prefix, run_.start, delivered));
  return refs_.check_not_checked_out(git::branch_ref(run_.id, services_->branch_prefix));
}

Result<engine::FinishRun> Session::Impl::drive() {
  loop_->run();
  world_.terminal->withdraw();
  FLEET_CHECK(writer_->flush());
  if (broken_) return tl::make_unexpected(*broken_);
  return *finished_;
}

void Session::Impl::answer(const engine::Ask& ask) {
  if (options_.interactive && world_.terminal->can_ask()) {
    // A person takes their time; the run goes on meanwhile.
    auto asks = base::start_thread([this, ask] {
      const std::vector<std::string> choices{"retry", "skip", "abort"};
      const std::optional<std::string> answer = world_.terminal->ask(ask.question, choices);
      if (!answer) return loop_->post([this, ask] { answer_as_told(ask); });
      driver_->post(engine::Decided{ask.task, *base::from_name<model::FailureAnswer>(*answer), true});
    });
    if (asks) return asking_.push_back(*std::move(asks));
  }
  answer_as_told(ask);
}

// Where nobody can be asked: there is no terminal, or its input has ended.
void Session::Impl::answer_as_told(const engine::Ask& ask) {
  if (is_stopping_) return;  // the question was withdrawn; a resume asks it again
  const model::FailureAnswer answer = options_.answer.value_or(ask.otherwise);
  progress_->note(
      masker_.mask(fmt::format("{} Nobody can be asked: {}.", ask.question, base::name_of(answer))));
  driver_->post(engine::Decided{ask.task, answer, false});
}

// Of `fleet cancel`, which leaves a file for each task.
void Session::Impl::cancel_what_is_asked() {
  const auto asked = store::take_cancellations(checkout_.layout, run_.id);
  if (!asked) return note(asked.error().line());
  for (const std::string& id : *asked) {
    const std::optional<TaskIndex> task = plan_.find(id);
    if (!task) continue;
    note(fmt::format("{} is cancelled, as it was asked for", id));
    driver_->post(engine::CancelRequested{*task});
  }
}

// Once per text: what holds for a run is not said for each of its tasks.
void Session::Impl::note(const std::string& text) {
  if (noted_.insert(text).second) progress_->note(masker_.mask(text));
}

Result<Secrets> collect_secrets(const World& world, const model::Plan& plan, const std::string& or_else) {
  Secrets secrets;
  for (const model::PlannedTask& task : plan.tasks) {
    for (const model::Text& name : task.spec.secrets) {
      if (secrets.count(name.value) > 0) continue;
      const std::optional<std::string> value = world.variable(name.value);
      if (!value) {
        return base::fail_input(
            "hand the secret on", name.value,
            fmt::format("the task {} names it, and it is not set in the environment, or empty", task.id),
            fmt::format("set {}, or {}", name.value, or_else));
      }
      secrets[name.value] = *value;
    }
  }
  for (const auto& [name, agent] : plan.agents) {
    const std::string variable = agents::key_variable(agent);
    if (variable.empty() || secrets.contains(variable)) continue;
    const std::optional<std::string> value = world.variable(variable);
    if (value) {
      secrets[variable] = *value;
    } else if (!agent.key.empty()) {
      return base::fail_input("give a key to", name,
                              fmt::format("{} is not set in the environment, or empty", variable),
                              fmt::format("set {}, or take {} out of the workflow", variable, name));
    }
  }
  return secrets;
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(World& world, const Checkout& checkout,
                                               const store::RunRow& run, const model::Plan& plan,
                                               const FrozenOptions& frozen, Secrets secrets,
                                               const SessionOptions& options) {
  auto impl = std::make_unique<Impl>(world, checkout, run, plan, options);
  FLEET_CHECK(impl->set_up(frozen, std::move(secrets)));
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

Result<engine::FinishRun> Session::start(store::NewRun run, std::vector<engine::Begun> begun) {
  return impl_->start(std::move(run), std::move(begun));
}

Result<engine::FinishRun> Session::resume(const model::Settings& settings, bool retry_failed, CameFrom from) {
  return impl_->resume(settings, retry_failed, from);
}

std::string to_json(const FrozenOptions& options) {
  return model::dump_json({{"base", options.base.is_none() ? "" : options.base.hex()},
                           {"judge", options.judge.is_none() ? "" : options.judge.hex()},
                           {"branch_prefix", options.branch_prefix},
                           {"goes_on_from", options.goes_on_from}});
}

Result<FrozenOptions> frozen_options(const std::string& text) {
  FLEET_TRY(const model::Json json, model::parse_json(text, "the run's options"));
  FrozenOptions options;
  const auto base = json.find("base");
  const auto judge = json.find("judge");  // an older fleet did not write it
  const auto prefix = json.find("branch_prefix");
  const auto from = json.find("goes_on_from");
  if (base == json.end() || !base->is_string() || prefix == json.end() || !prefix->is_string() ||
      from == json.end() || !from->is_string()) {
    return base::fail_world("read", "the run's options", "they are not what fleet wrote");
  }
  options.base = ObjectId::parse(base->get<std::string>()).value_or(ObjectId{});
  if (judge != json.end() && judge->is_string())
    options.judge = ObjectId::parse(judge->get<std::string>()).value_or(ObjectId{});
  options.branch_prefix = prefix->get<std::string>();
  options.goes_on_from = from->get<std::string>();
  return options;
}

}  // namespace fleet::app
