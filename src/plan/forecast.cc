#include "plan/forecast.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <queue>
#include <string>
#include <tuple>

namespace fleet::plan {

namespace {

// Smallest first: the class of priority, then the longest remaining path, then plan order.
using ReadyKey = std::tuple<model::Priority, Duration, std::uint32_t>;
using End = std::pair<Duration, std::uint32_t>;
template <class T>
using MinHeap = std::priority_queue<T, std::vector<T>, std::greater<>>;

// Tasks that share a cap: those of one agent, or all that have none.
struct Lane {
  MinHeap<ReadyKey> ready;
  int free = std::numeric_limits<int>::max();
};

struct Lanes {
  std::vector<Lane> lanes;
  std::vector<std::uint32_t> of;  // by task
};

Lanes make_lanes(const model::Plan& plan) {
  Lanes out;
  out.lanes.resize(1);
  out.of.assign(plan.tasks.size(), 0);
  std::map<std::string, std::uint32_t> lane_of;
  for (const auto& [agent, cap] : plan.agent_parallel) {
    lane_of[agent] = static_cast<std::uint32_t>(out.lanes.size());
    out.lanes.emplace_back();
    out.lanes.back().free = std::max(cap, 1);
  }
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    if (plan.tasks[i].links.empty()) continue;
    // Of the caps on its first link, the tightest: the others hardly ever bind.
    std::optional<std::uint32_t> tightest;
    for (const std::string& name : plan.tasks[i].links.front().named) {
      const auto found = lane_of.find(name);
      if (found == lane_of.end()) continue;
      if (!tightest || out.lanes[found->second].free < out.lanes[*tightest].free) tightest = found->second;
    }
    out.of[i] = tightest.value_or(0);
  }
  return out;
}

// The lane whose first ready task comes first of all that may start now; nullptr when none may.
Lane* best(std::vector<Lane>& lanes) {
  Lane* found = nullptr;
  for (Lane& lane : lanes) {
    if (lane.free == 0 || lane.ready.empty()) continue;
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
      Lane* lane = best(lanes.lanes);
      if (lane == nullptr) break;
      const std::uint32_t task = std::get<2>(lane->ready.top());
      lane->ready.pop();
      --lane->free;
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
      ++lanes.lanes[lanes.of[task]].free;
      for (const TaskIndex dependent : plan.graph.dependents({task})) {
        if (--open[dependent.value] == 0) make_ready(dependent.value);
      }
    }
  }
}

}  // namespace fleet::plan
