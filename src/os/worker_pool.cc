#include "os/worker_pool.h"

#include "base/thread.h"

namespace fleet::os {

Result<std::unique_ptr<WorkerPool>> WorkerPool::create(EventLoop& loop, unsigned threads) {
  std::unique_ptr<WorkerPool> pool(new WorkerPool(loop));
  pool->threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    auto thread = base::start_thread([&pool = *pool] { pool.work(); });
    if (!thread && i == 0) return tl::make_unexpected(std::move(thread).error());
    if (!thread) break;
    pool->threads_.push_back(*std::move(thread));
  }
  return pool;
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
