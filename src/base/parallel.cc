#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/thread.h"

namespace fleet::base {

Result<> in_parallel(unsigned threads, std::size_t count,
                     const std::function<Result<>(std::size_t, std::size_t)>& work, std::size_t piece) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::optional<Error> error;
  const auto run = [&] {
    while (!stop) {
      const std::size_t first = next.fetch_add(piece);
      if (first >= count) return;
      auto done = work(first, std::min(first + piece, count));
      if (done) continue;
      const std::lock_guard lock(mutex);
      if (!error) error = std::move(done).error();
      stop = true;
    }
  };
  std::vector<std::thread> helpers;
  const std::size_t pieces = (count + piece - 1) / piece;
  helpers.reserve(threads);
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, pieces); ++i) {
    auto helper = start_thread(run);
    if (!helper) break;  // those that can be had do it
    helpers.push_back(*std::move(helper));
  }
  run();
  for (std::thread& helper : helpers)
    helper.join();
  if (error) return fail(*std::move(error));
  return {};
}

}  // namespace fleet::base
