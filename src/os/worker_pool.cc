#include "os/worker_pool.h"

namespace fleet::os {

WorkerPool::WorkerPool(EventLoop& loop, unsigned threads) : loop_(loop) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i)
    threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  queue_.lock()->closing = true;
  changed_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
}

void WorkerPool::submit(std::function<void()> work, std::function<void()> done) {
  queue_.lock()->jobs.push_back({std::move(work), std::move(done)});
  changed_.notify_one();
}

void WorkerPool::work() {
  for (;;) {
    Job job;
    {
      auto queue = queue_.lock();
      while (queue->jobs.empty() && !queue->closing)
        changed_.wait(queue.mutex_lock());
      if (queue->jobs.empty()) return;
      job = std::move(queue->jobs.front());
      queue->jobs.pop_front();
    }
    job.work();
    job.work = nullptr;  // what it holds is freed here, not on the loop
    loop_.post(std::move(job.done));
  }
}

}  // namespace fleet::os
