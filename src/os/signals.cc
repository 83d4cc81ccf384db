#include "os/signals.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace fleet::os {
namespace {

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, kCancelSignal);
  struct sigaction hang_up {};
  ::sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
  return set;
}

void end_process(int signal_number) {
  ::_exit(128 + signal_number);
}

}  // namespace

void prepare_process() {
  for (int fd = 0; fd <= 2; ++fd) {
    // The lowest free number is given, so that an open fills exactly the gap.
    if (::fcntl(fd, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDWR));
  }
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
  ::sigaction(SIGXFSZ, &ignore,
              nullptr);  // past `ulimit -f` a write is an error that is told, as on a full disk
  ::sigaction(kCancelSignal, &ignore, nullptr);
  if (::getpid() != 1) return;
  struct sigaction end {};
  end.sa_handler = end_process;
  for (const int number : {SIGINT, SIGTERM, SIGHUP})
    ::sigaction(number, &end, nullptr);
}

void hold_signals() {
  const sigset_t set = watched_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Result<std::unique_ptr<SignalWatch>> SignalWatch::create(EventLoop& loop, Callback callback) {
  const sigset_t set = watched_signals();
  base::UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return base::fail_errno("wait for signals", "", errno);
  std::unique_ptr<SignalWatch> watch(new SignalWatch(loop, std::move(fd)));
  FLEET_TRY(watch->watch_, loop.watch(watch->fd_.get(), EventLoop::Interest::readable,
                                      [raw = watch.get(), callback = std::move(callback)](EventLoop::Ready) {
                                        raw->read_signals(callback);
                                      }));
  return watch;
}

SignalWatch::~SignalWatch() {
  loop_.unwatch(watch_);
}

void SignalWatch::read_signals(const Callback& callback) {
  signalfd_siginfo info{};
  // One a turn: the callback may well destroy this watch.
  if (::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    callback(static_cast<int>(info.ssi_signo));
  }
}

Result<> send_signal(int pid, int signal_number) {
  if (::kill(pid, signal_number) == 0) return {};
  return base::fail_errno("send " + signal_name(signal_number) + " to", fmt::format("process {}", pid),
                          errno);
}

std::string signal_name(int signal_number) {
  const char* name = ::sigabbrev_np(signal_number);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal_number);
}

}  // namespace fleet::os
