#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "base/result.h"
#include "base/time.h"
#include "model/attempt.h"
#include "os/event_loop.h"
#include "os/overlay.h"
#include "os/sandbox.h"

namespace fleet::os {

// The variable that every process of a program inherits, also one that left its group and its parents: by it
// they are found and ended.
inline constexpr std::string_view kTokenVariable = "FLEET_PROCESS_TOKEN";

// Bounds that the kernel holds for each process (getrlimit(2)). Core dumps are always off: they would hold
// secrets.
struct ResourceLimits {
  std::optional<std::uint64_t> data_bytes;  // RLIMIT_DATA: heap and private mappings
  std::optional<std::uint64_t> file_bytes;  // RLIMIT_FSIZE
  std::optional<std::uint64_t> open_files;  // RLIMIT_NOFILE; absent: what fleet itself was started with
  std::optional<std::uint64_t> processes;   // RLIMIT_NPROC: of the user, not of the program
  std::optional<Duration> cpu;              // RLIMIT_CPU
};

// A program to start.
struct ProcessSpec {
  std::vector<std::string> argv;           // argv[0]: a path, or a name that is looked up in env's PATH
  std::map<std::string, std::string> env;  // all of it: nothing is inherited
  std::string working_directory;
  std::string token;  // becomes kTokenVariable; no other running program has it. Empty: none
  std::string input;  // what it reads from stdin; empty: /dev/null
  std::shared_ptr<const PreparedSandbox> sandbox;  // null: none
  std::optional<OverlayMount> overlay;             // mounted for it alone
  ResourceLimits limits;
  std::optional<Duration> time_limit;  // from its start; then SIGTERM, and after `grace` SIGKILL
  std::optional<Duration> idle_limit;  // the longest silence on stdout and stderr; then the same
  Duration grace = std::chrono::seconds(10);
};

enum class Stream { out, err };

// Why it ended. An exit status or a signal comes with each: a program may well exit with 0 after SIGTERM.
enum class EndCause {
  own,        // it exited, or a signal that was not ours ended it
  timed_out,  // time_limit
  idle,       // idle_limit
  stopped,    // terminate() or kill_now()
};

struct ProcessEnd {
  EndCause cause = EndCause::own;
  std::optional<int> exit_status;
  std::optional<int> signal;
  model::Usage usage;
  std::size_t stragglers = 0;  // processes that it left behind and that were killed
  // No process is alive of which it is not known who left it behind: nothing of this program is.
  bool left_nothing = false;
};

// All are called on the loop's thread, never from within start().
struct ProcessEvents {
  std::function<void(const model::ProcessIdentity&)> started;  // may be empty
  std::function<void(Stream, std::string_view)> output;        // bytes as they come; may be empty
  // Once, last. An Error: it could not be started, and nothing of it ran.
  std::function<void(Result<ProcessEnd>)> ended;
};

struct ProgramId {
  std::uint64_t value = 0;
};

// Starts programs and sees them, and everything they leave behind, to their end.
//
// Each program leads a session of its own with no terminal. When its leader has ended, processes that it left
// behind are given a moment (their output is still taken) and then killed: those of its group and session,
// those that carry its token, and their descendants. What hides from all of that (a new session, an emptied
// environment and a parent that ended) is killed when no program runs any more, unless fleet is PID 1, where
// such a process may be none of ours. The process becomes a child subreaper, and reaps what it is given.
//
// Owned and used by the loop's thread, except that spawning is done by threads of its own. The loop must
// outlive it. The destructor kills what runs and waits for it; no event is called then.
class Processes {
 public:
  // No spawners: start() itself spawns, and blocks the loop for about 0.3 ms each.
  [[nodiscard]] static Result<std::unique_ptr<Processes>> create(EventLoop& loop, unsigned spawners = 2);
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;
  ~Processes();

  ProgramId start(ProcessSpec spec, ProcessEvents events);
  // SIGTERM to all of it, after `grace` SIGKILL. Of a program that ended: nothing.
  void terminate(ProgramId id, Duration grace);
  void kill_now(ProgramId id);
  // Started or about to be, and `ended` not yet called.
  [[nodiscard]] std::size_t running() const;

 private:
  class Impl;
  explicit Processes(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Kills what a fleet that crashed left behind: the group of `leader` if that process is still the same one,
// every process that carries `token`, and all their descendants; then waits until they are gone. Answers how
// many there were. Fails when some do not die or belong to somebody else. Any thread; blocks.
[[nodiscard]] Result<std::size_t> end_stale(const model::ProcessIdentity& leader, std::string_view token);

}  // namespace fleet::os

namespace fleet {
FLEET_ENUM_NAMES(os::EndCause, "own", "timed-out", "idle", "stopped");
}
