#include "os/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "base/assert.h"

namespace fleet::os {
namespace {

constexpr std::uint64_t kWake = 0;  // the id of our own eventfd among the watches

std::uint32_t events_of(EventLoop::Interest interest) {
  switch (interest) {
    case EventLoop::Interest::readable:
      return EPOLLIN | EPOLLRDHUP;
    case EventLoop::Interest::writable:
      return EPOLLOUT;
    case EventLoop::Interest::both:
      return EPOLLIN | EPOLLRDHUP | EPOLLOUT;
  }
  return 0;
}

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  base::UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return base::fail_errno("make an event loop", "", errno);
  base::UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return base::fail_errno("make an event loop", "", errno);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWake;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0) {
    return base::fail_errno("make an event loop", "", errno);
  }
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll), std::move(wake)));
}

EventLoop::EventLoop(base::UniqueFd epoll, base::UniqueFd wake)
    : epoll_(std::move(epoll)), wake_(std::move(wake)) {}

EventLoop::~EventLoop() = default;

void EventLoop::run() {
  while (!stopping_) {
    run_posted();
    fire_timers();
    wait_for_events(milliseconds_to_wait());
  }
  stopping_ = false;
}

void EventLoop::stop() {
  stopping_ = true;
  wake();
}

void EventLoop::post(Callback callback) {
  bool was_empty = false;
  {
    auto queue = posted_.lock();
    was_empty = queue->empty();
    queue->push_back(std::move(callback));
  }
  if (was_empty) wake();
}

void EventLoop::wake() {
  const std::uint64_t one = 1;
  // The only other way to fail is a counter that is full, and then the loop is awake anyway.
  while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void EventLoop::run_posted() {
  // As many as there are now: what they post waits for the next turn, so that timers and descriptors get
  // theirs.
  for (std::size_t left = posted_.lock()->size(); left > 0 && !stopping_; --left) {
    Callback callback;
    {
      auto queue = posted_.lock();
      callback = std::move(queue->front());
      queue->pop_front();
    }
    callback();
  }
}

EventLoop::TimerId EventLoop::add_timer(Duration after, Callback callback) {
  return add_timer_at(std::chrono::steady_clock::now() + after, std::move(callback));
}

EventLoop::TimerId EventLoop::add_timer_at(SteadyTime deadline, Callback callback) {
  const TimerId id{deadline, ++last_id_};
  timers_.emplace(id, std::move(callback));
  return id;
}

void EventLoop::cancel(TimerId id) {
  timers_.erase(id);
}

void EventLoop::fire_timers() {
  // Those that are due now; what a callback adds waits for the next turn.
  const auto now = std::chrono::steady_clock::now();
  const std::uint64_t last = last_id_;
  while (!timers_.empty() && timers_.begin()->first.deadline <= now &&
         timers_.begin()->first.sequence <= last && !stopping_) {
    const auto node = timers_.extract(timers_.begin());
    node.mapped()();
  }
}

int EventLoop::milliseconds_to_wait() {
  if (stopping_ || !posted_.lock()->empty()) return 0;
  if (timers_.empty()) return -1;
  const auto left = timers_.begin()->first.deadline - std::chrono::steady_clock::now();
  // Rounded up: waking before the time would only mean to wait again.
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, 60'000));
}

void EventLoop::wait_for_events(int milliseconds) {
  if (stopping_) return;
  std::array<epoll_event, 128> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds);
  FLEET_ASSERT(count >= 0 || errno == EINTR, "epoll_wait fails only by misuse");
  for (int i = 0; i < count && !stopping_; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const std::uint64_t id = event.data.u64;  // a copy: no field of a packed struct may be referred to
    if (id == kWake) {
      std::uint64_t value = 0;
      while (::read(wake_.get(), &value, sizeof value) < 0 && errno == EINTR) {
      }
      continue;
    }
    const auto found = watches_.find(id);  // an earlier callback of this turn may have unwatched it
    if (found == watches_.end()) continue;
    const auto callback = found->second.callback;
    Ready ready;
    ready.readable = (event.events & (EPOLLIN | EPOLLRDHUP)) != 0;
    ready.writable = (event.events & EPOLLOUT) != 0;
    ready.hung_up = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
    (*callback)(ready);
  }
}

Result<EventLoop::WatchId> EventLoop::watch(int fd, Interest interest, WatchCallback callback) {
  const std::uint64_t id = ++last_id_;
  epoll_event event{};
  event.events = events_of(interest);
  event.data.u64 = id;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return base::fail_errno("wait for a descriptor", "", errno);
  watches_.emplace(id, Watch{fd, std::make_shared<WatchCallback>(std::move(callback))});
  return WatchId{id};
}

Result<> EventLoop::change(WatchId id, Interest interest) {
  const auto found = watches_.find(id.value);
  FLEET_ASSERT(found != watches_.end(), "only what is watched can be changed");
  epoll_event event{};
  event.events = events_of(interest);
  event.data.u64 = id.value;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, found->second.fd, &event) != 0) {
    return base::fail_errno("wait for a descriptor", "", errno);
  }
  return {};
}

void EventLoop::unwatch(WatchId id) {
  const auto found = watches_.find(id.value);
  if (found == watches_.end()) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.fd, nullptr);
  watches_.erase(found);
}

}  // namespace fleet::os
