#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/sync.h"
#include "os/event_loop.h"

namespace fleet::os {

// Threads for work that blocks, as many as were asked for or can be had. Work is started in the order in
// which it was submitted, and what comes of it is handed to the loop's thread. Any thread may submit.
//
// The destructor waits until all submitted work has run; what it posts then runs if the loop still does. The
// loop must outlive the pool.
class WorkerPool {
 public:
  // An Error where not even one thread can be had.
  [[nodiscard]] static Result<std::unique_ptr<WorkerPool>> create(EventLoop& loop, unsigned threads);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  // `work` runs on a worker, then `done` on the loop's thread.
  void submit(std::function<void()> work, std::function<void()> done);

  // The same, and `done` is given what `work` returned.
  template <class Work, class Done>
  void submit_for(Work work, Done done) {
    using Value = decltype(work());
    auto value = std::make_shared<std::unique_ptr<Value>>();
    submit([value, work = std::move(work)]() mutable { *value = std::make_unique<Value>(work()); },
           [value, done = std::move(done)]() mutable { done(std::move(**value)); });
  }

 private:
  explicit WorkerPool(EventLoop& loop) : loop_(loop) {}
  struct Job {
    std::function<void()> work, done;
  };
  struct Queue {
    std::deque<Job> jobs;
    bool closing = false;
  };
  void work();

  EventLoop& loop_;
  base::Sync<Queue> queue_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
};

}  // namespace fleet::os
