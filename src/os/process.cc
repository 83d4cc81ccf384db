#include "os/process.h"

#include <unistd.h>

#include <csignal>
#include <thread>
#include <unordered_map>

#include "os/children.h"
#include "os/program.h"
#include "os/spawn.h"
#include "os/worker_pool.h"

namespace fleet::os {
namespace {

constexpr auto kSweepEvery = std::chrono::seconds(1);

}  // namespace

class Processes::Impl {
 public:
  Impl(EventLoop& loop, std::unique_ptr<WorkerPool> spawners) : loop_(loop), pool_(std::move(spawners)) {
    Children::instance();  // from here on, orphans come to us
    sweep_timer_ = loop_.add_timer(kSweepEvery, [this] { sweep(); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    loop_.cancel(sweep_timer_);
    pool_.reset();
    // What was spawned and not taken over yet: its answer waits in a loop that may never run again.
    for (auto& [id, entry] : programs_) {
      if (entry.spawned->has_value() && **entry.spawned) entry.program->adopt(std::move(***entry.spawned));
    }
    programs_.clear();
    end_unknown_orphans();
  }

  ProgramId start(ProcessSpec spec, ProcessEvents events) {
    const std::uint64_t id = ++last_id_;
    auto ended = std::move(events.ended);
    events.ended = nullptr;
    Entry entry;
    entry.spawned = std::make_shared<std::optional<Result<Spawned>>>();
    entry.program = std::make_unique<Program>(
        loop_, id, spec, std::move(events), owners_,
        [this, id, ended = std::move(ended)](Result<ProcessEnd> end) { finish(id, ended, std::move(end)); });
    auto launch = [slot = entry.spawned, spec = std::move(spec)] { *slot = spawn(spec); };
    // By a weak pointer: the loop may run this when we are gone.
    auto take_over = [this, id, slot = std::weak_ptr(entry.spawned)] {
      const auto spawned = slot.lock();
      if (!spawned) return;
      Result<Spawned> answer = std::move(**spawned);
      spawned->reset();
      programs_.at(id).program->begin(std::move(answer));
    };
    programs_.emplace(id, std::move(entry));
    if (pool_) {
      pool_->submit(std::move(launch), std::move(take_over));
    } else {
      launch();
      loop_.post(std::move(take_over));
    }
    return ProgramId{id};
  }

  void stop(ProgramId id, Duration grace) {
    const auto found = programs_.find(id.value);
    if (found != programs_.end()) found->second.program->stop(EndCause::stopped, grace);
  }

  [[nodiscard]] std::size_t running() const { return programs_.size(); }

 private:
  struct Entry {
    std::unique_ptr<Program> program;
    // Filled by the spawner, emptied by the loop.
    std::shared_ptr<std::optional<Result<Spawned>>> spawned;
  };

  void finish(std::uint64_t id, const std::function<void(Result<ProcessEnd>)>& ended,
              Result<ProcessEnd> end) {
    auto node = programs_.extract(id);
    const auto callback = ended;  // it lives in the program, which goes first
    node = {};
    if (callback) callback(std::move(end));
  }

  void sweep() {
    for (const auto& [id, entry] : programs_)
      entry.program->sample_memory();
    if (Children::instance().any()) {
      reap_unknown_orphans();
    } else {
      end_unknown_orphans();
    }
    sweep_timer_ = loop_.add_timer(kSweepEvery, [this] { sweep(); });
  }

  // What no running program owns.
  std::vector<ProcessStat> unknown_orphans() {
    std::vector<ProcessStat> unknown;
    for (const ProcessStat& orphan : Children::instance().orphans()) {
      const auto owner = owners_.find(orphan.pid);
      if (owner == owners_.end() || programs_.count(owner->second) == 0) unknown.push_back(orphan);
    }
    return unknown;
  }

  void reap_unknown_orphans() {
    for (const ProcessStat& orphan : unknown_orphans()) {
      if (orphan.is_dead() && Children::instance().reap_orphan(orphan.pid)) owners_.erase(orphan.pid);
    }
  }

  void end_unknown_orphans() {
    const bool may_kill = ::getpid() != 1;  // as PID 1 we are given the orphans of all, not only of ours
    for (int round = 0; round < 100 && !Children::instance().any(); ++round) {
      bool some_alive = false;
      for (const ProcessStat& orphan : unknown_orphans()) {
        if (orphan.is_dead() || !may_kill) continue;
        some_alive = true;
        for (const ProcessStat& below : descendants_of(orphan.pid))
          signal_process(below, SIGKILL);
        signal_process(orphan, SIGKILL);
      }
      reap_unknown_orphans();
      if (!some_alive) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  EventLoop& loop_;
  Program::Owners owners_;
  std::unordered_map<std::uint64_t, Entry> programs_;
  std::unique_ptr<WorkerPool> pool_;
  EventLoop::TimerId sweep_timer_;
  std::uint64_t last_id_ = 0;
};

Result<std::unique_ptr<Processes>> Processes::create(EventLoop& loop, unsigned spawners) {
  std::unique_ptr<WorkerPool> pool;
  if (spawners > 0) {
    FLEET_TRY(pool, WorkerPool::create(loop, spawners));
  }
  return std::unique_ptr<Processes>(new Processes(std::make_unique<Impl>(loop, std::move(pool))));
}

Processes::Processes(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Processes::~Processes() = default;

ProgramId Processes::start(ProcessSpec spec, ProcessEvents events) {
  return impl_->start(std::move(spec), std::move(events));
}

void Processes::terminate(ProgramId id, Duration grace) {
  impl_->stop(id, grace);
}

void Processes::kill_now(ProgramId id) {
  impl_->stop(id, Duration::zero());
}

std::size_t Processes::running() const {
  return impl_->running();
}

}  // namespace fleet::os
