#include <fmt/format.h>

#include <algorithm>

#include "agents/command_agent.h"
#include "attempt/attempt.h"
#include "attempt/on_worker.h"
#include "os/files.h"

// Workspaces, and the programs that run in them.
namespace fleet::attempt {
namespace {

// Masks secrets on their way to the log.
class MaskFilter final : public os::OutputFilter {
 public:
  explicit MaskFilter(const text::Masker& masker) : stream_(masker) {}
  std::string feed(std::string_view bytes) override { return stream_.feed(bytes); }
  std::string finish() override { return stream_.finish(); }

 private:
  text::Masker::Stream stream_;
};

}  // namespace

void Attempt::with_workspace(ObjectId commit, Next next) {
  if (!places_.workspace.empty()) return next();
  prepare_workspace(commit, std::move(next));
}

void Attempt::prepare_workspace(ObjectId commit, Next next) {
  struct Prepared {
    Places places;
    std::optional<git::Workspace> workspace;
    std::optional<git::SharedWorkspace> shared;
    std::shared_ptr<const os::PreparedSandbox> sandbox;
    std::vector<std::string> notes;
    std::string key;
  };
  const auto prepare = [&services = services_, &task = task_, index = start_.task,
                        commit](Prepared& prepared) -> Result<> {
    const model::SandboxSpec spec = task.spec.sandbox.value_or(model::SandboxSpec{});
    std::vector<std::filesystem::path> kept;
    for (const TaskIndex keeper : services.keepers.above(index)) {
      const std::filesystem::path folder = services.run_folder / "kept" / services.plan.task(keeper).id;
      if (os::exists(folder)) kept.push_back(folder);
    }
    Places& places = prepared.places;
    FLEET_TRY(const Reach reach, reach_into(services.workspaces.folder(), spec, services.home));
    places.read_only =
        reach != Reach::anything && kept.empty() && task.spec.writes && task.spec.writes->empty();
    if (services.overlays && reach != Reach::nothing) {
      services.workspaces.distrust_lower();
      prepared.notes.emplace_back(
          "tasks have checkouts of their own where their sandbox is off, or open to the folder of the "
          "workspaces");
    }
    if (services.overlays && reach == Reach::nothing) {
      FLEET_TRY(prepared.workspace, services.workspaces.acquire_layered(commit));
      places.workspace = prepared.workspace->folder();
    } else if (places.read_only) {
      FLEET_TRY(prepared.shared, services.workspaces.acquire_shared(commit));
      places.workspace = prepared.shared->folder();
    } else {
      FLEET_TRY(prepared.workspace, services.workspaces.acquire(commit));
      places.workspace = prepared.workspace->folder();
    }
    FLEET_TRY(places.temporary, services.temporary_folders.take());
    for (const std::filesystem::path& folder : kept) {
      FLEET_TRY(git::Kept given, prepared.workspace->give_kept(folder));
      std::move(given.notes.begin(), given.notes.end(), std::back_inserter(prepared.notes));
    }
    FLEET_TRY(prepared.sandbox, os::prepare_sandbox(sandbox_rules(services, spec, places), spec.mode));
    if (prepared.sandbox) {
      for (const std::string& missing : prepared.sandbox->missing())
        prepared.notes.push_back(missing);
    }
    return {};
  };
  on_worker(
      [self = shared_from_this(), &folders = services_.temporary_folders, prepare]() -> Result<Prepared> {
        Prepared prepared;
        if (auto ready = prepare(prepared); !ready) {
          const TemporaryFolder& taken = prepared.places.temporary;
          if (!taken.path.empty()) static_cast<void>(folders.give_back(taken, Writers::none));
          return tl::make_unexpected(std::move(ready).error());
        }
        prepared.key = self->key();
        return prepared;
      },
      [this, next = std::move(next)](Result<Prepared> prepared) {
        if (!prepared) return fail(prepared.error().line());
        outcome_.key = std::move(prepared->key);
        places_ = std::move(prepared->places);
        workspace_ = std::move(prepared->workspace);
        shared_ = std::move(prepared->shared);
        sandbox_ = std::move(prepared->sandbox);
        for (const std::string& note : prepared->notes)
          services_.note(note);
        next();
      });
}

void Attempt::run_program(agents::RunProgram program, std::function<void(agents::ProgramEnded)> next) {
  // A check of a task that edited a tree sees what it made; all else runs where the attempt began.
  const ObjectId commit = outcome_.snapshot.is_none() ? start_from_ : outcome_.snapshot;
  with_workspace(commit,
                 [self = shared_from_this(), program = std::move(program), next = std::move(next)]() mutable {
                   if (self->is_stopped() && !self->undoing_) return self->conclude();
                   if (self->undoing_ && (self->hurry_ || self->undo_is_late_))
                     return self->undone("the rollback did not run: there was no time left for it");
                   self->start_program(std::move(program), std::move(next));
                 });
}

// Its home is new, so nothing can be in the way.
Result<> Attempt::write_home(agents::RunProgram& program) const {
  for (const agents::HomeFile& file : program.home) {
    const std::filesystem::path path = std::filesystem::path(places_.temporary.home()) / file.path;
    FLEET_CHECK(os::make_directories(path.parent_path()));
    FLEET_CHECK(os::write_file_atomically(path, file.content));
    std::replace(program.argv.begin(), program.argv.end(), "~/" + file.path, path.string());
  }
  return {};
}

std::unique_ptr<os::OutputLog> Attempt::open_log(const std::string& name) const {
  os::OutputLog::Settings settings;
  settings.path = services_.run_folder / name;
  settings.make_filter = [this] { return std::make_unique<MaskFilter>(services_.masker); };
  return std::make_unique<os::OutputLog>(std::move(settings));
}

void Attempt::start_program(agents::RunProgram program, std::function<void(agents::ProgramEnded)> next) {
  auto env = environment(services_, task_, start_.attempt, places_, start_.needs);
  if (!env) return fail(env.error().line());
  if (auto written = write_home(program); !written) return fail(written.error().line());
  if (!log_) log_ = open_log(log_name());
  if (program.reader && !stream_log_) stream_log_ = open_log(stream_log_name());
  os::ProcessSpec spec;
  spec.argv = std::move(program.argv);
  spec.env = *std::move(env);
  for (auto& [name, value] : program.env)
    spec.env[name] = std::move(value);
  spec.input = std::move(program.input);
  spec.idle_limit = program.idle_limit;
  spec.working_directory = places_.workspace;
  spec.token = process_token(services_.token, start_.serial);
  spec.sandbox = sandbox_;
  if (const auto layers = workspace_ ? workspace_->layers() : std::nullopt)
    spec.overlay = os::OverlayMount{layers->lower, layers->upper, layers->scratch, places_.workspace};
  spec.limits = resource_limits(task_.spec.sandbox.value_or(model::SandboxSpec{}));
  spec.grace = services_.plan.settings.grace.value;
  const auto self = shared_from_this();
  os::ProcessEvents events;
  events.started = [self](const model::ProcessIdentity& process) {
    self->inbox_.post(engine::AttemptStarted{self->start_.task, self->start_.serial, process});
  };
  events.output = [self, reader = program.reader](os::Stream stream, std::string_view bytes) {
    if (reader && stream == os::Stream::err) reader->hear(bytes);
    if (!reader || stream == os::Stream::err) return self->log_->write(stream, bytes);
    self->stream_log_->write(stream, bytes);
    self->log_->write(stream, reader->feed(bytes));
  };
  events.ended = [self, reader = program.reader, said_before = log_->size(), shown = program.shown,
                  next = std::move(next)](Result<os::ProcessEnd> end) {
    self->program_.reset();
    if (reader) self->log_->write(os::Stream::out, reader->finish());
    agents::ProgramEnded ended;
    ended.end.command = shown;
    ended.at = self->services_.clock.now();
    if (end) {
      ended.was_silent = end->cause == os::EndCause::idle;
      ended.end.exit_status = end->exit_status;
      ended.end.signal = end->signal;
      model::Usage& usage = self->outcome_.usage;
      usage.user_cpu += end->usage.user_cpu;
      usage.system_cpu += end->usage.system_cpu;
      usage.peak_memory = std::max(usage.peak_memory, end->usage.peak_memory);
      self->outcome_.programs.push_back(ended.end);
      if (!end->left_nothing) {
        self->writers_ = Writers::maybe;
        self->outcome_.notes.push_back(
            fmt::format("`{}` may have left a process that hides from fleet: it ends with the run, and the "
                        "workspace is not used again",
                        shown));
      }
      if (end->stragglers > 0) {
        self->outcome_.notes.push_back(fmt::format(
            "`{}` left {} {} behind, which {} ended", shown, end->stragglers,
            end->stragglers == 1 ? "process" : "processes", end->stragglers == 1 ? "was" : "were"));
      }
    } else {
      ended.error = end.error().line();
    }
    ended.output_tail = self->log_->since(said_before);
    next(std::move(ended));
  };
  program_ = services_.processes.start(std::move(spec), std::move(events));
}

// The task's rollback, after an attempt that did not succeed or before the one that follows it. What becomes
// of it is a note: it does not change the verdict.
void Attempt::undo(Next next) {
  undoing_ = std::move(next);
  undo_is_late_ = false;
  auto command = agents::ready(*task_.spec.rollback, [this](std::string_view text) { return render(text); });
  if (!command) return undone(command.error().line());
  // It may take as long as the task itself, but for a run that stops.
  const bool stops = is_stopped() && facts_.stopped != model::Verdict::timed_out;
  limit_rollback(stops ? services_.plan.settings.grace.value : task_.timeout.value);
  run_program({command->argv, command->shown},
              [self = shared_from_this()](const agents::ProgramEnded& ended) {
                auto failure = agents::describe_failure("the rollback", ended);
                if (failure && self->undo_is_late_) *failure += ": there was no time left for it";
                self->undone(std::move(failure));
              });
}

void Attempt::limit_rollback(Duration limit) {
  services_.loop.cancel(timer_);
  timer_ = services_.loop.add_timer(limit, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->undo_is_late_ = true;
    if (self->program_) self->services_.processes.kill_now(*self->program_);
  });
}

void Attempt::undone(std::optional<std::string> failure) {
  services_.loop.cancel(timer_);
  outcome_.rollback_due = failure.has_value();
  if (failure) outcome_.notes.push_back(*std::move(failure));
  std::exchange(undoing_, nullptr)();
}

std::string Attempt::log_name() const {
  return fmt::format("log/{}/{}.log", task_.id, start_.attempt);
}

std::string Attempt::stream_log_name() const {
  return fmt::format("log/{}/{}.jsonl", task_.id, start_.attempt);
}

// The workspace goes back to the pool, and the temporary folder to where it came from.
void Attempt::leave_workspace(Next next) {
  on_worker(
      [workspace = std::make_shared<std::optional<git::Workspace>>(std::move(workspace_)),
       shared = std::move(shared_), temporary = std::exchange(places_.temporary, {}),
       &folders = services_.temporary_folders,
       writers = std::exchange(writers_, Writers::none)]() -> Result<> {
        if (*workspace && writers == Writers::maybe) (*workspace)->abandon();
        workspace->reset();
        return temporary.path.empty() ? Result<>() : folders.give_back(temporary, writers);
      },
      [this, next = std::move(next)](Result<> cleaned) {
        if (!cleaned && told_) services_.note(cleaned.error().line());
        if (!cleaned && !told_) outcome_.notes.push_back(cleaned.error().line());
        workspace_.reset();
        shared_.reset();
        sandbox_.reset();
        places_ = {};
        next();
      });
}

}  // namespace fleet::attempt
