#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "model/plan.h"

namespace fleet::engine {

// The tasks that could start now, and the caps that say how many may. Among those that may start, the first
// is the one with the highest priority, then the longest remaining path, then the earliest in the plan. O(log
// n) a call.
class ReadyQueue {
 public:
  explicit ReadyQueue(const model::Plan& plan);

  void set_parallel(int parallel) { parallel_ = parallel; }
  void add(TaskIndex task);
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
  // Tasks that share a cap: those of one agent. Lane 0 is for tasks with no agent, and has no cap of its own.
  struct Lane {
    std::optional<int> parallel;
    int running = 0;
    std::set<Key> ready;
  };

  [[nodiscard]] Key key(TaskIndex task) const;
  Lane& lane(TaskIndex task) { return lanes_[lane_of_[task.value]]; }

  const model::Plan& plan_;
  int parallel_ = 1;
  int running_ = 0;
  std::vector<Lane> lanes_;
  std::vector<std::uint32_t> lane_of_;
};

}  // namespace fleet::engine
