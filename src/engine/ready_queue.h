#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "engine/circuit_breaker.h"
#include "model/plan.h"

namespace fleet::engine {

// The tasks that could start now, and the caps that say how many may. Among those that may start, the first
// is the one with the highest priority, then the longest remaining path, then the earliest in the plan. O(log
// n) a call.
class ReadyQueue {
 public:
  ReadyQueue(const model::Plan& plan, const CircuitBreaker& breaker);

  // How many attempts may ask a provider at once.
  void set_places(CircuitBreaker::Provider provider, int places) {
    caps_[first_provider_ + provider].parallel = places;
  }
  void set_parallel(int parallel) { parallel_ = parallel; }
  // `link`: which of its links does the task, where it is a prompt.
  void add(TaskIndex task, std::size_t link = 0);
  void remove(TaskIndex task);
  [[nodiscard]] bool empty() const;

  // Takes the next task that may start, and a place for it; nothing when all places are taken or nothing is
  // ready.
  [[nodiscard]] std::optional<TaskIndex> take();
  // Gives a task's place back.
  void release(TaskIndex task);
  [[nodiscard]] int running() const { return running_; }

 private:
  struct Key {
    model::Priority priority;
    Duration remaining;
    TaskIndex task;
    bool operator<(const Key& other) const;
  };
  // Of one agent, or of a chain of them.
  struct Cap {
    int parallel = 1;
    int running = 0;
  };
  // Tasks that the same caps bind. Lane 0 is for those that none binds.
  struct Lane {
    std::vector<std::uint32_t> caps;
    std::set<Key> ready;
  };

  [[nodiscard]] Key key(TaskIndex task) const;
  Lane& lane(TaskIndex task) { return lanes_[lane_of_[task.value]]; }
  [[nodiscard]] bool has_place(const Lane& lane) const;

  const model::Plan& plan_;
  int parallel_ = 1;
  int running_ = 0;
  std::vector<Cap> caps_;  // of agents by name, then of providers
  std::size_t first_provider_ = 0;
  std::vector<Lane> lanes_;
  std::vector<std::uint32_t> lane_of_;                  // of the link that does the task now
  std::vector<std::vector<std::uint32_t>> link_lanes_;  // of each task's links; empty: all in lane 0
};

}  // namespace fleet::engine
