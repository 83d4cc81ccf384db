#include "plan/forecast.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <tuple>
#include <utility>

namespace fleet::plan {

namespace {

// Smallest first: the class of priority, then the longest remaining path, then plan order.
using ReadyKey = std::tuple<model::Priority, Duration, std::uint32_t>;
using End = std::pair<Duration, std::uint32_t>;
template <class T>
using MinHeap = std::priority_queue<T, std::vector<T>, std::greater<>>;

// Tasks that the same caps bind.
struct Lane {
  std::vector<std::uint32_t> caps;
  MinHeap<ReadyKey> ready;
};

// As the engine's ReadyQueue has them, of the first link of each task: nobody knows how often one fails.
struct Lanes {
  std::vector<int> caps;  // of an agent or a chain of them: how many more attempts at once it lets start
  std::vector<Lane> lanes;
  std::vector<std::uint32_t> of;  // by task
};

Lanes make_lanes(const model::Plan& plan) {
  Lanes out;
  out.lanes.resize(1);
  out.of.assign(plan.tasks.size(), 0);
  std::map<std::string, std::uint32_t> cap_of;
  for (const auto& [agent, parallel] : plan.agent_parallel) {
    cap_of[agent] = static_cast<std::uint32_t>(out.caps.size());
    out.caps.push_back(std::max(parallel, 1));
  }
  std::map<std::vector<std::uint32_t>, std::uint32_t> lane_of_caps{{{}, 0}};
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    if (plan.tasks[i].links.empty()) continue;
    std::vector<std::uint32_t> caps;
    for (const std::string& name : plan.tasks[i].links.front().named) {
      if (const auto found = cap_of.find(name); found != cap_of.end()) caps.push_back(found->second);
    }
    std::sort(caps.begin(), caps.end());
    caps.erase(std::unique(caps.begin(), caps.end()), caps.end());
    const auto [lane, is_new] = lane_of_caps.try_emplace(caps, static_cast<std::uint32_t>(out.lanes.size()));
    if (is_new) out.lanes.push_back({std::move(caps), {}});
    out.of[i] = lane->second;
  }
  return out;
}

// The lane whose first ready task comes first of all that may start now; nullptr when none may.
Lane* best(Lanes& all) {
  Lane* found = nullptr;
  for (Lane& lane : all.lanes) {
    const bool is_full = std::any_of(lane.caps.begin(), lane.caps.end(),
                                     [&](std::uint32_t cap) { return all.caps[cap] == 0; });
    if (is_full || lane.ready.empty()) continue;
    if (found == nullptr || lane.ready.top() < found->ready.top()) found = &lane;
  }
  return found;
}

}  // namespace

Duration simulate(const model::Plan& plan, const std::vector<Duration>& durations) {
  Lanes lanes = make_lanes(plan);
  std::vector<std::uint32_t> open(plan.tasks.size());
  const auto make_ready = [&](std::uint32_t task) {
    const model::PlannedTask& planned = plan.tasks[task];
    // Negated, since the longest path comes first.
    lanes.lanes[lanes.of[task]].ready.emplace(planned.spec.priority, -planned.remaining, task);
  };
  for (std::uint32_t task = 0; task < open.size(); ++task) {
    open[task] = static_cast<std::uint32_t>(plan.graph.needs({task}).size());
    if (open[task] == 0) make_ready(task);
  }

  MinHeap<End> running;
  Duration now{};
  int free = std::max(plan.settings.parallel.value, 1);
  while (true) {
    while (free > 0) {
      Lane* lane = best(lanes);
      if (lane == nullptr) break;
      const std::uint32_t task = std::get<2>(lane->ready.top());
      lane->ready.pop();
      for (const std::uint32_t cap : lane->caps)
        --lanes.caps[cap];
      --free;
      running.emplace(now + durations[task], task);
    }
    if (running.empty()) return now;
    now = running.top().first;
    while (!running.empty() &&
           running.top().first == now) {  // what ends at once is all ready to be chosen from
      const std::uint32_t task = running.top().second;
      running.pop();
      ++free;
      for (const std::uint32_t cap : lanes.lanes[lanes.of[task]].caps)
        ++lanes.caps[cap];
      for (const TaskIndex dependent : plan.graph.dependents({task})) {
        if (--open[dependent.value] == 0) make_ready(dependent.value);
      }
    }
  }
}

}  // namespace fleet::plan
