#include "os/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <optional>

#include "os/children.h"
#include "os/files.h"
#include "os/in_child.h"
#include "os/overlay.h"
#include "os/system.h"

// The child shares our memory until its exec (CLONE_VM, as vfork does): copying the page tables of a large
// process takes longer than the program it would run. It has a stack of its own, and our thread waits
// (CLONE_VFORK); what fails it writes where our thread then reads it.

// glibc's other name for clone(2). The thread sanitizer takes `clone` for a fork, and believes itself to be
// in a copy.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the name is not ours to choose
extern "C" int __clone(int (*function)(void*), void* stack, int flags, void* argument, ...) noexcept;

namespace fleet::os {
namespace {

using base::UniqueFd;

enum class Step { none, streams, limits, overlay, sandbox, directory, exec };

struct Limit {
  int resource;
  rlimit value;
};

// All that the child needs, made ready before it exists.
struct Plan {
  std::vector<std::string> candidates;  // files to try to execute, in turn
  std::vector<std::string> environment;
  std::vector<char*> argv;
  std::vector<char*> shell_argv;  // for a script without a #! line, as execvp(3) does it
  std::vector<char*> env;
  std::vector<Limit> limits;
  const char* directory = nullptr;
  const PreparedOverlay* overlay = nullptr;
  const PreparedSandbox* sandbox = nullptr;
  int in = -1, out = -1, err = -1;
  pid_t parent = 0;

  // Written by the child.
  Step failed = Step::none;
  int error = 0;
  const std::string* without_interpreter = nullptr;  // of the candidates: one that is there all the same
};

[[noreturn]] FLEET_IN_CHILD void give_up(Plan* plan, Step step, int error) {
  plan->failed = step;
  plan->error = error;
  ::syscall(SYS_exit_group, 127);
  __builtin_unreachable();
}

FLEET_IN_CHILD void reset_signals() {
  struct {
    void* handler;
    unsigned long flags;
    void* restorer;
    unsigned long mask;
  } standard{};  // the kernel's struct sigaction, all zero: SIG_DFL
  for (int number = 1; number <= 64; ++number)
    ::syscall(SYS_rt_sigaction, number, &standard, nullptr, 8);
}

FLEET_IN_CHILD void execute(Plan* plan) {
  int error = ENOENT;
  const std::string* candidate = plan->candidates.data();
  for (std::size_t left = plan->candidates.size(); left > 0; --left, ++candidate) {
    ::syscall(SYS_execve, candidate->c_str(), plan->argv.data(), plan->env.data());
    if (errno == ENOEXEC) {
      plan->shell_argv[1] = const_cast<char*>(candidate->c_str());
      ::syscall(SYS_execve, "/bin/sh", plan->shell_argv.data(), plan->env.data());
    } else if (errno == ENOENT && plan->without_interpreter == nullptr) {
      if (::syscall(SYS_faccessat, AT_FDCWD, candidate->c_str(), F_OK) == 0)
        plan->without_interpreter = candidate;
      errno = ENOENT;
    }
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  give_up(plan, Step::exec, error);
}

FLEET_IN_CHILD int run_child(void* argument) {
  auto* const plan = static_cast<Plan*>(argument);
  reset_signals();
  ::syscall(SYS_setsid);  // fails only for the leader of a group, which a new process is not
  if (::syscall(SYS_dup3, plan->in, 0, 0) < 0 || ::syscall(SYS_dup3, plan->out, 1, 0) < 0 ||
      ::syscall(SYS_dup3, plan->err, 2, 0) < 0) {
    give_up(plan, Step::streams, errno);
  }
  // Before the limits: it opens a few files, and we may hold more than the program may.
  int mounted = -1;
  if (plan->overlay != nullptr) {
    mounted = plan->overlay->mount();
    if (mounted < 0) give_up(plan, Step::overlay, -mounted);
  }
  for (const Limit* limit = plan->limits.data(); limit != plan->limits.data() + plan->limits.size();
       ++limit) {
    if (::syscall(SYS_prlimit64, 0, limit->resource, &limit->value, nullptr) != 0) {
      give_up(plan, Step::limits, errno);
    }
  }
  if (plan->sandbox != nullptr) {
    if (const int error = plan->sandbox->apply(mounted); error != 0) give_up(plan, Step::sandbox, error);
  }
  // Our thread may use files as somebody else (setfsuid(2)). Across an exec that would count as a change of
  // user, and the loader would not look where the program says that its libraries are.
  ::syscall(SYS_setfsgid, ::syscall(SYS_getegid));
  ::syscall(SYS_setfsuid, ::syscall(SYS_geteuid));
  // As the user that the program will be.
  if (::syscall(SYS_chdir, plan->directory) != 0) give_up(plan, Step::directory, errno);
  // After the change of user, which would undo it. If our thread has ended already, nobody would send the
  // signal.
  ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::syscall(SYS_getppid) != plan->parent) ::syscall(SYS_exit_group, 127);
  // All that we open closes at exec by itself; libraries may forget it. Not known before Linux 5.9.
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  const unsigned long none = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, 8);
  execute(plan);
  return 0;
}

// For the child's system calls; a thread keeps its own.
class ChildStack {
 public:
  static constexpr std::size_t kSize = 64 * 1024;
  ChildStack()
      : memory_(
            ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0)) {}
  ChildStack(const ChildStack&) = delete;
  ChildStack& operator=(const ChildStack&) = delete;
  ~ChildStack() {
    if (memory_ != MAP_FAILED) ::munmap(memory_, kSize);
  }
  [[nodiscard]] void* top() const {
    return memory_ == MAP_FAILED ? nullptr : static_cast<char*>(memory_) + kSize;
  }

 private:
  void* memory_;
};

bool holds_nul(const std::string& text) {
  return text.find('\0') != std::string::npos;
}

Result<> check_text(const ProcessSpec& spec) {
  if (spec.argv.empty() || spec.argv[0].empty())
    return base::fail_input("start a program", "", "it has no name");
  for (const std::string& word : spec.argv) {
    if (holds_nul(word)) return base::fail_input("start", spec.argv[0], "an argument holds a NUL byte");
  }
  for (const auto& [name, value] : spec.env) {
    if (name.empty() || name.find('=') != std::string::npos || holds_nul(name) || holds_nul(value)) {
      return base::fail_input(
          "start", spec.argv[0],
          fmt::format("`{}` cannot be the name of a variable, or its value holds a NUL byte", name));
    }
  }
  if (holds_nul(spec.working_directory) || holds_nul(spec.token)) {
    return base::fail_input("start", spec.argv[0], "its folder or its token holds a NUL byte");
  }
  return {};
}

std::string path_of(const ProcessSpec& spec) {
  const auto found = spec.env.find("PATH");
  return found == spec.env.end() ? "/usr/local/bin:/usr/bin:/bin" : found->second;
}

// As the child sees it, who looks from its own folder.
std::string seen_from(const ProcessSpec& spec, std::string_view path) {
  return path.substr(0, 1) == "/" ? std::string(path) : fmt::format("{}/{}", spec.working_directory, path);
}

// Where there is an overlay, only the child sees what is in it.
bool may_be_there(const ProcessSpec& spec, const std::string& path) {
  const bool in_overlay = spec.overlay && path.rfind(spec.overlay->at + "/", 0) == 0;
  return in_overlay || exists(path);
}

// Every file on PATH that may be it: only the child, as its user and in its sandbox, knows which one it may
// execute.
std::vector<std::string> candidates_for(const ProcessSpec& spec) {
  const std::string& name = spec.argv[0];
  if (name.find('/') != std::string::npos) return {name};
  std::vector<std::string> candidates;
  const std::string path = path_of(spec);
  for (std::string_view rest = path; !rest.empty();) {
    const auto colon = std::min(rest.find(':'), rest.size());
    const std::string candidate = fmt::format("{}/{}", seen_from(spec, rest.substr(0, colon)), name);
    if (colon > 0 && may_be_there(spec, candidate)) candidates.push_back(candidate);
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return candidates;
}

void add_limit(std::vector<Limit>& limits, int resource, std::optional<std::uint64_t> soft,
               std::uint64_t above = 0) {
  if (!soft) return;
  rlimit current{};
  ::getrlimit(static_cast<__rlimit_resource_t>(resource), &current);
  // Only root may raise a hard limit; a lower one that is there already binds as well.
  const rlim_t hard = std::min<rlim_t>(current.rlim_max, *soft + above);
  limits.push_back({resource, {std::min<rlim_t>(hard, *soft), hard}});
}

std::vector<Limit> limits_of(const ResourceLimits& limits) {
  std::vector<Limit> all;
  add_limit(all, RLIMIT_CORE, 0);
  add_limit(all, RLIMIT_DATA, limits.data_bytes);
  add_limit(all, RLIMIT_FSIZE, limits.file_bytes);
  add_limit(all, RLIMIT_NPROC, limits.processes);
  add_limit(all, RLIMIT_NOFILE, limits.open_files);
  if (!limits.open_files && original_open_file_limit()) {
    rlimit current{};
    ::getrlimit(RLIMIT_NOFILE, &current);
    all.push_back({RLIMIT_NOFILE, {*original_open_file_limit(), current.rlim_max}});
  }
  if (limits.cpu) {  // SIGXCPU first, SIGKILL for what does not listen
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*limits.cpu).count();
    add_limit(all, RLIMIT_CPU, static_cast<std::uint64_t>(seconds), 5);
  }
  return all;
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words)
    pointers.push_back(const_cast<char*>(word.c_str()));  // execve only reads
  pointers.push_back(nullptr);
  return pointers;
}

// Out of the way of 0, 1 and 2, which the child gives new meanings. They are taken only in a program that was
// started without.
Result<UniqueFd> above_standard(int fd) {
  UniqueFd owned(fd);
  if (fd < 0) return base::fail_errno("connect a program", "", errno);
  if (fd > 2) return owned;
  UniqueFd moved(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!moved) return base::fail_errno("connect a program", "", errno);
  return moved;
}

Result<UniqueFd> open_input(const std::string& bytes) {
  if (bytes.empty()) return above_standard(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  // A file in memory: nothing has to be pumped, and a program that does not read it harms nobody.
  FLEET_TRY(UniqueFd file, above_standard(::memfd_create("input", MFD_CLOEXEC)));
  FLEET_CHECK(write_all(file.get(), bytes, "the program's input"));
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return base::fail_errno("connect a program", "", errno);
  return file;
}

struct Pipe {
  UniqueFd ours, theirs;
};

Result<Pipe> open_pipe(const std::optional<UserId>& user) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return base::fail_errno("connect a program", "", errno);
  Pipe pipe;
  pipe.ours.reset(ends[0]);
  pipe.theirs.reset(ends[1]);
  FLEET_TRY(pipe.theirs, above_standard(pipe.theirs.release()));
  if (::fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK) != 0)
    return base::fail_errno("connect a program", "", errno);
  // `echo ... > /dev/stderr` opens the pipe again, as the program's user.
  if (user && ::fchown(pipe.theirs.get(), user->uid, user->gid) != 0) {
    return base::fail_errno("connect a program", "", errno);
  }
  return pipe;
}

tl::unexpected<Error> explain(const ProcessSpec& spec, const Plan& plan) {
  const std::string& name = spec.argv[0];
  switch (plan.failed) {
    case Step::directory:
      return base::fail_errno(fmt::format("start `{}` in", name), spec.working_directory, plan.error);
    case Step::sandbox:
      return base::fail_errno("put a sandbox around", name, plan.error,
                              plan.error == E2BIG
                                  ? "fleet itself runs inside too many sandboxes"
                                  : "`sandbox: {mode: off}` goes without one, where a task may do that");
    case Step::overlay:
      return base::fail_errno("mount the workspace of", name, plan.error, "`--overlays never` goes without");
    case Step::limits:
      return base::fail_errno("set the resource limits of", name, plan.error);
    case Step::none:
    case Step::streams:
      return base::fail_errno("start", name, plan.error);
    case Step::exec:
      break;
  }
  if (plan.error == ENOENT && plan.without_interpreter != nullptr) {
    return base::fail_world("start", *plan.without_interpreter,
                            "the interpreter that its first line names was not found",
                            "look at its #! line (a Windows line end?), or install that interpreter");
  }
  // Of those in an overlay, only the child knew whether they are there.
  const bool searched = name.find('/') == name.npos;
  if (plan.candidates.empty() || (plan.error == ENOENT && searched)) {
    return base::fail_world("start", name,
                            fmt::format("there is no such program (searched PATH: {})", path_of(spec)),
                            "install it, or set PATH under `env`");
  }
  if (plan.error == E2BIG) {
    return base::fail_errno("start", name, plan.error,
                            "pass less in arguments and environment: use a file or stdin");
  }
  return base::fail_errno("start", plan.candidates.front(), plan.error);
}

}  // namespace

Result<Spawned> spawn(const ProcessSpec& spec) {
  FLEET_CHECK(check_text(spec));
  const std::optional<UserId> user = spec.sandbox ? spec.sandbox->user() : std::nullopt;
  FLEET_TRY(const UniqueFd input, open_input(spec.input));
  FLEET_TRY(Pipe out, open_pipe(user));
  FLEET_TRY(Pipe err, open_pipe(user));

  Plan plan;
  plan.candidates = candidates_for(spec);
  plan.failed = Step::exec;
  plan.error = ENOENT;
  if (plan.candidates.empty()) return explain(spec, plan);
  plan.failed = Step::none;
  for (const auto& [name, value] : spec.env) {
    if (name != kTokenVariable) plan.environment.push_back(fmt::format("{}={}", name, value));
  }
  if (!spec.token.empty()) plan.environment.push_back(fmt::format("{}={}", kTokenVariable, spec.token));
  plan.argv = pointers_to(spec.argv);
  plan.shell_argv = plan.argv;
  plan.shell_argv.insert(plan.shell_argv.begin(), const_cast<char*>("/bin/sh"));
  plan.env = pointers_to(plan.environment);
  plan.limits = limits_of(spec.limits);
  plan.directory = spec.working_directory.empty() ? "/" : spec.working_directory.c_str();
  std::optional<PreparedOverlay> overlay;
  if (spec.overlay) {
    FLEET_TRY(overlay, PreparedOverlay::prepare(*spec.overlay));
    plan.overlay = &*overlay;
  }
  plan.sandbox = spec.sandbox.get();
  plan.in = input.get();
  plan.out = out.theirs.get();
  plan.err = err.theirs.get();
  plan.parent =
      static_cast<pid_t>(::syscall(SYS_getpid));  // so that `syscall` is bound before the child calls it

  thread_local const ChildStack stack;
  if (stack.top() == nullptr) return base::fail_errno("start", spec.argv[0], ENOMEM);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of ours may run in the child
  Spawned spawned;
  int handle = -1;
  int error = 0;
  spawned.pid = Children::instance().add([&] {
    const pid_t pid =
        ::__clone(run_child, stack.top(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &handle);
    error = errno;
    return pid;
  });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (spawned.pid < 0) return base::fail_errno("start", spec.argv[0], error);
  spawned.handle.reset(handle);

  if (plan.failed != Step::none) {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(spawned.pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    static_cast<void>(Children::instance().reap(spawned.pid));
    return explain(spec, plan);
  }
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  spawned.peak_at_start = static_cast<std::uint64_t>(own.ru_maxrss) * 1024;
  spawned.out = std::move(out.ours);
  spawned.err = std::move(err.ours);
  spawned.identity.pid = spawned.pid;
  if (const auto stat = process_stat(spawned.pid)) spawned.identity.start_time = stat->start_time;
  return spawned;
}

}  // namespace fleet::os
