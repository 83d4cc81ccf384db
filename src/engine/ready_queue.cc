#include "engine/ready_queue.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/assert.h"

namespace fleet::engine {

bool ReadyQueue::Key::operator<(const Key& other) const {
  return std::tie(priority, other.remaining, task) < std::tie(other.priority, remaining, other.task);
}

ReadyQueue::ReadyQueue(const model::Plan& plan, const CircuitBreaker& breaker)
    : plan_(plan), lanes_(1), lane_of_(plan.tasks.size()), link_lanes_(plan.tasks.size()) {
  std::map<std::string, std::uint32_t, std::less<>> cap_of_agent;
  for (const auto& [agent, parallel] : plan.agent_parallel) {
    cap_of_agent.emplace(agent, static_cast<std::uint32_t>(caps_.size()));
    caps_.push_back({parallel, 0});
  }
  first_provider_ = caps_.size();
  for (CircuitBreaker::Provider i = 0; i < breaker.providers(); ++i)
    caps_.push_back({breaker.places(i), 0});
  if (caps_.empty()) return;
  std::map<std::vector<std::uint32_t>, std::uint32_t> lane_of_caps{{{}, 0}};
  for (std::size_t task = 0; task < plan.tasks.size(); ++task) {
    for (const model::AgentLink& link : plan.tasks[task].links) {
      std::vector<std::uint32_t> caps{
          static_cast<std::uint32_t>(first_provider_ + breaker.provider_of(link.agent))};
      for (const std::string& name : link.named) {
        if (const auto cap = cap_of_agent.find(name); cap != cap_of_agent.end()) caps.push_back(cap->second);
      }
      std::sort(caps.begin(), caps.end());
      caps.erase(std::unique(caps.begin(), caps.end()), caps.end());
      const auto [lane, is_new] = lane_of_caps.try_emplace(caps, static_cast<std::uint32_t>(lanes_.size()));
      if (is_new) lanes_.push_back({std::move(caps), {}});
      link_lanes_[task].push_back(lane->second);
    }
  }
}

bool ReadyQueue::has_place(const Lane& lane) const {
  return std::all_of(lane.caps.begin(), lane.caps.end(),
                     [this](std::uint32_t cap) { return caps_[cap].running < caps_[cap].parallel; });
}

ReadyQueue::Key ReadyQueue::key(TaskIndex task) const {
  const model::PlannedTask& planned = plan_.task(task);
  return {planned.spec.priority, planned.remaining, task};
}

void ReadyQueue::add(TaskIndex task, std::size_t link) {
  const std::vector<std::uint32_t>& lanes = link_lanes_[task.value];
  lane_of_[task.value] = lanes.empty() ? 0 : lanes.at(link);
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
    if (lane.ready.empty() || !has_place(lane)) continue;
    if (best == nullptr || *lane.ready.begin() < *best->ready.begin()) best = &lane;
  }
  if (best == nullptr) return std::nullopt;
  const TaskIndex task = best->ready.begin()->task;
  best->ready.erase(best->ready.begin());
  for (const std::uint32_t cap : best->caps)
    ++caps_[cap].running;
  ++running_;
  return task;
}

void ReadyQueue::release(TaskIndex task) {
  FLEET_ASSERT(running_ > 0, "a place was given back twice");
  for (const std::uint32_t cap : lane(task).caps) {
    FLEET_ASSERT(caps_[cap].running > 0, "an agent's place was given back twice");
    --caps_[cap].running;
  }
  --running_;
}

}  // namespace fleet::engine
