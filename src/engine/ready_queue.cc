#include "engine/ready_queue.h"

#include <map>
#include <tuple>

#include "base/assert.h"

namespace fleet::engine {

bool ReadyQueue::Key::operator<(const Key& other) const {
  return std::tie(priority, other.remaining, task) < std::tie(other.priority, remaining, other.task);
}

ReadyQueue::ReadyQueue(const model::Plan& plan) : plan_(plan), lanes_(1) {
  std::map<std::string, std::uint32_t, std::less<>> lane_of_agent;
  lane_of_.reserve(plan.tasks.size());
  for (const model::PlannedTask& task : plan.tasks) {
    const auto* prompt = std::get_if<model::Prompt>(&task.spec.work);
    const auto cap = prompt ? plan.agent_parallel.find(prompt->agent) : plan.agent_parallel.end();
    if (cap == plan.agent_parallel.end()) {
      lane_of_.push_back(0);
      continue;
    }
    const auto [lane, is_new] =
        lane_of_agent.try_emplace(prompt->agent, static_cast<std::uint32_t>(lanes_.size()));
    if (is_new) lanes_.push_back({cap->second, 0, {}});
    lane_of_.push_back(lane->second);
  }
}

ReadyQueue::Key ReadyQueue::key(TaskIndex task) const {
  const model::PlannedTask& planned = plan_.task(task);
  return {planned.spec.priority, planned.remaining, task};
}

void ReadyQueue::add(TaskIndex task) {
  const bool added = lane(task).ready.insert(key(task)).second;
  FLEET_ASSERT(added, "a task became ready twice");
}

void ReadyQueue::remove(TaskIndex task) {
  const std::size_t removed = lane(task).ready.erase(key(task));
  FLEET_ASSERT(removed == 1, "a task that was not ready was taken off the queue");
}

bool ReadyQueue::empty() const {
  for (const Lane& lane : lanes_) {
    if (!lane.ready.empty()) return false;
  }
  return true;
}

std::optional<TaskIndex> ReadyQueue::take() {
  if (running_ >= parallel_) return std::nullopt;
  Lane* best = nullptr;
  for (Lane& lane : lanes_) {
    if (lane.ready.empty() || (lane.parallel && lane.running >= *lane.parallel)) continue;
    if (best == nullptr || *lane.ready.begin() < *best->ready.begin()) best = &lane;
  }
  if (best == nullptr) return std::nullopt;
  const TaskIndex task = best->ready.begin()->task;
  best->ready.erase(best->ready.begin());
  ++best->running;
  ++running_;
  return task;
}

void ReadyQueue::release(TaskIndex task) {
  FLEET_ASSERT(lane(task).running > 0 && running_ > 0, "a place was given back twice");
  --lane(task).running;
  --running_;
}

}  // namespace fleet::engine
