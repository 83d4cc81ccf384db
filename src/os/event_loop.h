#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>

#include "base/result.h"
#include "base/sync.h"
#include "base/time.h"
#include "base/unique_fd.h"

namespace fleet::os {

using SteadyTime = std::chrono::steady_clock::time_point;

// One thread that waits for everything: descriptors, timers, and work posted by other threads. Every callback
// runs on the thread that called run(), one at a time, and must not block.
//
// post() and stop() may be called from any thread; all else only from the loop's thread, or while run() is
// not on.
class EventLoop {
 public:
  using Callback = std::function<void()>;

  enum class Interest { readable, writable, both };
  struct Ready {
    bool readable = false;
    bool writable = false;
    bool hung_up = false;  // the other end is gone, or the descriptor is in error
  };
  using WatchCallback = std::function<void(Ready)>;

  // Ids are never used twice; a value-initialised one names nothing.
  struct TimerId {
    SteadyTime deadline{};
    std::uint64_t sequence = 0;
    auto operator<=>(const TimerId&) const = default;
  };
  struct WatchId {
    std::uint64_t value = 0;
  };

  [[nodiscard]] static Result<std::unique_ptr<EventLoop>> create();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  // Until stop(). May be called again; what was posted in between runs then.
  void run();
  // Ends run() after the callback that is running. Called while run() is not on, the next run() ends at once.
  void stop();

  // In the order in which they were posted. What was never run is destroyed with the loop.
  void post(Callback callback);

  // Fires once, never before its time; timers of one deadline fire in the order in which they were added.
  TimerId add_timer(Duration after, Callback callback);
  TimerId add_timer_at(SteadyTime deadline, Callback callback);
  // Of a timer that fired or never was: nothing.
  void cancel(TimerId id);

  // Level-triggered: called again as long as it is ready. The descriptor stays the caller's, who must unwatch
  // it before closing it.
  [[nodiscard]] Result<WatchId> watch(int fd, Interest interest, WatchCallback callback);
  [[nodiscard]] Result<> change(WatchId id, Interest interest);
  // Not called again from here on, also when its descriptor was found ready in this very turn.
  void unwatch(WatchId id);

 private:
  struct Watch {
    int fd = -1;
    std::shared_ptr<WatchCallback> callback;  // shared: it may unwatch itself while it runs
  };
  EventLoop(base::UniqueFd epoll, base::UniqueFd wake);
  void wake();
  void run_posted();
  void fire_timers();
  [[nodiscard]] int milliseconds_to_wait();
  void wait_for_events(int milliseconds);

  base::UniqueFd epoll_;
  base::UniqueFd wake_;
  base::Sync<std::deque<Callback>> posted_;
  std::atomic<bool> stopping_ = false;
  std::map<TimerId, Callback> timers_;
  std::unordered_map<std::uint64_t, Watch> watches_;
  std::uint64_t last_id_ = 0;
};

}  // namespace fleet::os
