#pragma once

#include <csignal>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/unique_fd.h"
#include "os/event_loop.h"

namespace fleet::os {

// Another fleet asks for tasks to be cancelled: SIGUSR1. Whoever does not watch signals ignores it.
inline constexpr int kCancelSignal = SIGUSR1;

// For main: a write to a closed pipe is an error and no signal; kCancelSignal is ignored; descriptors 0 to 2
// are open, so that nothing else ever gets these numbers; and as PID 1, where a signal that nobody takes is
// lost, SIGINT, SIGTERM and SIGHUP end the process as they do elsewhere. Programs that Processes starts get
// the defaults back.
void prepare_process();

// From here on SIGINT, SIGTERM, SIGHUP and kCancelSignal wait for a SignalWatch (SIGHUP stays ignored where
// `nohup` says so). Before any thread exists.
void hold_signals();

// Hands signals to the loop as plain calls. One per process.
class SignalWatch {
 public:
  using Callback = std::function<void(int signal_number)>;
  // Watches what hold_signals() holds back. The loop must outlive the watch.
  [[nodiscard]] static Result<std::unique_ptr<SignalWatch>> create(EventLoop& loop, Callback callback);
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

 private:
  SignalWatch(EventLoop& loop, base::UniqueFd fd) : loop_(loop), fd_(std::move(fd)) {}
  void read_signals(const Callback& callback);

  EventLoop& loop_;
  base::UniqueFd fd_;
  EventLoop::WatchId watch_;
};

[[nodiscard]] Result<> send_signal(int pid, int signal_number);

// `SIGTERM` for 15; `signal 99` for what has no name.
[[nodiscard]] std::string signal_name(int signal_number);

}  // namespace fleet::os
