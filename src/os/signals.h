#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "base/unique_fd.h"
#include "os/event_loop.h"

namespace fleet::os {

// For main, before any thread exists: SIGINT, SIGTERM and SIGHUP wait for a SignalWatch (SIGHUP stays ignored
// where `nohup` says so), a write to a closed pipe is an error and no signal, and descriptors 0 to 2 are
// open, so that nothing else ever gets these numbers. Programs that Processes starts get the defaults back.
// Works as PID 1 too, where signals that nobody waits for would be lost.
void prepare_signals();

// Hands signals to the loop as plain calls. One per process.
class SignalWatch {
 public:
  using Callback = std::function<void(int signal_number)>;
  // Watches what prepare_signals() holds back. The loop must outlive the watch.
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

// `SIGTERM` for 15; `signal 99` for what has no name.
[[nodiscard]] std::string signal_name(int signal_number);

}  // namespace fleet::os
