#pragma once

#include <mutex>
#include <utility>

namespace fleet::base {

// Data that cannot be reached without its lock:
//
//   Sync<std::vector<int>> shared;
//   shared.lock()->push_back(1);
template <class T>
class Sync {
 public:
  class Locked {
   public:
    Locked(std::mutex& mutex, T& value) : lock_(mutex), value_(value) {}
    T* operator->() { return &value_; }
    T& operator*() { return value_; }
    // For a condition variable, which must let go of the lock while it waits.
    std::unique_lock<std::mutex>& mutex_lock() { return lock_; }

   private:
    std::unique_lock<std::mutex> lock_;
    T& value_;
  };

  template <class... Args>
  explicit Sync(Args&&... args) : value_(std::forward<Args>(args)...) {}
  [[nodiscard]] Locked lock() { return Locked(mutex_, value_); }

 private:
  std::mutex mutex_;
  T value_;
};

}  // namespace fleet::base
