#include "plan/order.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>

namespace fleet::plan {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// How many edges the search for shortest cycles may look at before it takes what it has.
constexpr std::size_t kSearchBudget = 2'000'000;

// Strongly connected components (Tarjan 1972) with the call stack as a vector. Gives back those in which a
// task needs itself, directly or through others; members ascending.
std::vector<std::vector<TaskIndex>> knots(const model::Graph& graph) {
  struct Frame {
    std::uint32_t task;
    std::uint32_t next_need;
  };
  const auto size = static_cast<std::uint32_t>(graph.size());
  std::vector<std::uint32_t> number(size, kNone), low(size, 0);
  std::vector<bool> on_stack(size, false);
  std::vector<std::uint32_t> stack;
  std::vector<Frame> calls;
  std::vector<std::vector<TaskIndex>> found;
  std::uint32_t count = 0;

  const auto enter = [&](std::uint32_t task) {
    number[task] = low[task] = count++;
    stack.push_back(task);
    on_stack[task] = true;
    calls.push_back({task, 0});
  };
  for (std::uint32_t root = 0; root < size; ++root) {
    if (number[root] == kNone) enter(root);
    while (!calls.empty()) {
      const std::uint32_t task = calls.back().task;
      const auto needs = graph.needs({task});
      if (calls.back().next_need < needs.size()) {
        const std::uint32_t need = needs[calls.back().next_need++].value;
        if (number[need] == kNone) {
          enter(need);
        } else if (on_stack[need]) {
          low[task] = std::min(low[task], number[need]);
        }
        continue;
      }
      calls.pop_back();
      if (!calls.empty()) low[calls.back().task] = std::min(low[calls.back().task], low[task]);
      if (low[task] != number[task]) continue;
      std::vector<TaskIndex> members;
      for (bool more = true; more;) {
        const std::uint32_t member = stack.back();
        stack.pop_back();
        on_stack[member] = false;
        members.push_back({member});
        more = member != task;
      }
      const bool needs_itself = std::binary_search(needs.begin(), needs.end(), TaskIndex{task});
      if (members.size() == 1 && !needs_itself) continue;
      std::sort(members.begin(), members.end());
      found.push_back(std::move(members));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// The shortest way from `start` back to itself that stays in the knot and is shorter than `bound` tasks;
// empty where there is none. `seen_by` is scratch: who found a task, kNone elsewhere, and is left clean.
std::vector<TaskIndex> shortest_through(const model::Graph& graph, TaskIndex start, std::size_t bound,
                                        const std::vector<bool>& in_knot, std::vector<std::uint32_t>& seen_by,
                                        std::size_t& budget) {
  std::vector<std::uint32_t> queue{start.value};
  std::vector<TaskIndex> cycle;
  seen_by[start.value] = start.value;
  std::size_t length = 1;  // tasks on a cycle that closes from the layer now looked at
  for (std::size_t at = 0, layer_end = 1; at < queue.size() && length < bound && cycle.empty();) {
    const std::uint32_t task = queue[at];
    for (const TaskIndex need : graph.needs({task})) {
      if (budget > 0) --budget;
      if (need == start) {
        for (std::uint32_t step = task; step != start.value; step = seen_by[step])
          cycle.push_back({step});
        cycle.push_back(start);
        std::reverse(cycle.begin(), cycle.end());
        break;
      }
      if (!in_knot[need.value] || seen_by[need.value] != kNone) continue;
      seen_by[need.value] = task;
      queue.push_back(need.value);
    }
    if (++at == layer_end) {
      layer_end = queue.size();
      ++length;
    }
  }
  for (const std::uint32_t task : queue)
    seen_by[task] = kNone;
  return cycle;
}

}  // namespace

std::vector<TaskIndex> topological_order(const model::Graph& graph, const std::vector<std::uint8_t>& rank) {
  const auto size = static_cast<std::uint32_t>(graph.size());
  const auto key = [&](std::uint32_t task) { return (std::uint64_t{rank[task]} << 32) | task; };
  std::vector<std::uint32_t> open(size);
  std::vector<std::uint64_t> free;
  for (std::uint32_t task = 0; task < size; ++task) {
    open[task] = static_cast<std::uint32_t>(graph.needs({task}).size());
    if (open[task] == 0) free.push_back(key(task));
  }
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> next(std::greater<>{},
                                                                                      std::move(free));
  std::vector<TaskIndex> order;
  order.reserve(size);
  while (!next.empty()) {
    const TaskIndex task{static_cast<std::uint32_t>(next.top())};
    next.pop();
    order.push_back(task);
    for (const TaskIndex dependent : graph.dependents(task)) {
      if (--open[dependent.value] == 0) next.push(key(dependent.value));
    }
  }
  return order;
}

std::vector<std::vector<TaskIndex>> cycles(const model::Graph& graph) {
  std::vector<std::vector<TaskIndex>> found;
  std::vector<bool> in_knot(graph.size(), false);
  std::vector<std::uint32_t> seen_by(graph.size(), kNone);
  std::size_t budget = kSearchBudget;
  for (const std::vector<TaskIndex>& knot : knots(graph)) {
    for (const TaskIndex member : knot)
      in_knot[member.value] = true;
    std::vector<TaskIndex> best;
    std::size_t bound = knot.size() + 1;
    for (const TaskIndex start : knot) {
      if (!best.empty() && budget == 0) break;
      auto cycle = shortest_through(graph, start, bound, in_knot, seen_by, budget);
      if (cycle.empty()) continue;
      best = std::move(cycle);
      bound = best.size();
    }
    for (const TaskIndex member : knot)
      in_knot[member.value] = false;
    found.push_back(std::move(best));
  }
  return found;
}

Paths paths(const model::Graph& graph, const std::vector<Duration>& durations) {
  const auto size = static_cast<std::uint32_t>(graph.size());
  Paths out;
  out.level.assign(size, 0);
  out.remaining.assign(size, Duration{});
  out.slack.assign(size, Duration{});
  for (std::uint32_t task = size; task-- > 0;) {
    Duration after{};
    for (const TaskIndex dependent : graph.dependents({task}))
      after = std::max(after, out.remaining[dependent.value]);
    out.remaining[task] = after + durations[task];
    out.longest = std::max(out.longest, out.remaining[task]);
  }
  std::vector<Duration> earliest_end(size);
  for (std::uint32_t task = 0; task < size; ++task) {
    Duration start{};
    for (const TaskIndex need : graph.needs({task})) {
      start = std::max(start, earliest_end[need.value]);
      out.level[task] = std::max(out.level[task], out.level[need.value] + 1);
    }
    earliest_end[task] = start + durations[task];
    out.slack[task] = out.longest - start - out.remaining[task];
  }
  return out;
}

}  // namespace fleet::plan
