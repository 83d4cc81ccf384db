#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "os/children.h"
#include "os/event_loop.h"
#include "os/process.h"
#include "os/spawn.h"

namespace fleet::os {

// Inside the room: one program from its spawn to the end of all it left behind. Lives on the loop's thread.
//
//   spawning --begin()--> running --its leader ends--> lingering --nothing is left--> over
//
// Its leader is reaped last: as long as it is a zombie, no other process can be given the number of its
// group, and a signal to that group cannot hit anybody else.
class Program {
 public:
  // Whose orphan is whose, once it was told: an orphan that empties its environment later is still known.
  using Owners = std::unordered_map<pid_t, std::uint64_t>;

  // `over` is called once, as the last thing: it may destroy this.
  Program(EventLoop& loop, std::uint64_t id, const ProcessSpec& spec, ProcessEvents events, Owners& owners,
          std::function<void(Result<ProcessEnd>)> over);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();  // of one that is not over: kills all of it, and waits until it is gone

  void begin(Result<Spawned> spawned);
  // Only to be killed by the destructor.
  void adopt(Spawned spawned);
  void stop(EndCause cause, Duration grace);
  void sample_memory();
  void sample_again();

 private:
  struct Output {
    base::UniqueFd fd;
    EventLoop::WatchId watch;
  };
  [[nodiscard]] Result<> watch();
  void set_limits();
  void read_output(Stream stream, std::size_t at_most);
  void close_output(Stream stream);
  void check_silence();
  void leader_ended();
  void look_for_the_end();
  void finish();

  [[nodiscard]] bool owns(const ProcessStat& orphan);
  [[nodiscard]] std::vector<ProcessStat> survivors();  // reaps those that are dead
  [[nodiscard]] std::vector<ProcessStat> outside_group();
  void terminate_all();
  std::size_t kill_all();
  void add_usage(const rusage& usage);

  EventLoop& loop_;
  const std::uint64_t id_;
  const std::string token_entry_;
  const std::optional<Duration> time_limit_, idle_limit_;
  const Duration grace_;
  ProcessEvents events_;
  Owners& owners_;
  std::function<void(Result<ProcessEnd>)> over_;

  pid_t leader_ = 0;  // 0: not started, or over
  base::UniqueFd handle_;
  EventLoop::WatchId handle_watch_;
  std::array<Output, 2> outputs_;
  EventLoop::TimerId limit_timer_, idle_timer_, kill_timer_, sample_timer_, linger_timer_;

  SteadyTime started_{}, last_output_{}, last_sample_{}, leader_ended_at_{};
  std::optional<SteadyTime> early_stop_;  // asked for while it was being spawned: when to kill it
  std::optional<SteadyTime> kill_at_;     // after a SIGTERM of ours
  std::optional<SteadyTime> killed_at_;
  bool has_leader_ended_ = false;
  bool strangers_ = false;  // an orphan was alive, when last looked, that is not known to be this one's
  // The kernel counts what a process shared before its exec, and that was our memory. So its figure at the
  // end says something only above `peak_at_start_`; below, what was seen in /proc of it and those below it
  // while it ran stands.
  std::uint64_t peak_at_start_ = 0;
  std::uint64_t seen_peak_ = 0;
  bool has_seen_below_ = false;
  ProcessEnd end_;
};

}  // namespace fleet::os
