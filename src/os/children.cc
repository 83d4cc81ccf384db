#include "os/children.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace fleet::os {
namespace {

std::optional<Reaped> try_wait(pid_t pid) {
  Reaped reaped;
  pid_t answer = 0;
  do {
    answer = ::wait4(pid, &reaped.status, WNOHANG, &reaped.usage);
  } while (answer < 0 && errno == EINTR);
  if (answer != pid) return std::nullopt;
  return reaped;
}

}  // namespace

Children& Children::instance() {
  static Children children;
  return children;
}

Children::Children() : since_(ticks_since_boot()) {
  // Inherited by what we start: the orphans of a program come to us, not to the machine's init.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  // Who started us may have ignored this signal; then the kernel would throw every exit status away.
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &standard, nullptr);
}

std::optional<Reaped> Children::reap(pid_t leader) {
  const std::unique_lock gate(gate_);  // its number is free for another the moment it is reaped
  auto reaped = try_wait(leader);
  if (reaped) leaders_.lock()->erase(leader);
  return reaped;
}

std::vector<ProcessStat> Children::orphans() {
  const std::unique_lock gate(gate_);
  const pid_t self = ::getpid();
  const pid_t own_session = ::getsid(0);
  std::vector<ProcessStat> found;
  // The kernel gives orphans to the main thread; most programs hang below the threads that spawned them, so
  // this list is short however many run.
  for (const pid_t pid : children_of(self, self)) {
    if (leaders_.lock()->count(pid) != 0) continue;
    const auto stat = process_stat(pid);
    if (stat && stat->session != own_session && stat->start_time >= since_) found.push_back(*stat);
  }
  return found;
}

std::optional<Reaped> Children::reap_orphan(pid_t pid) {
  const std::unique_lock gate(gate_);
  if (leaders_.lock()->count(pid) != 0) return std::nullopt;  // its number was given to a program meanwhile
  return try_wait(pid);
}

}  // namespace fleet::os
