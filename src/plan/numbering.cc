#include "plan/numbering.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "plan/matrix.h"
#include "plan/order.h"
#include "plan/planner.h"

namespace fleet::plan {

namespace {

// Tasks of a cycle that its diagnostic names before it shortens the middle.
constexpr std::size_t kMaxNamed = 12;

// Which task has which id: open addressing, with the ids packed beside each other. A million look-ups in a
// map of strings would take longer than all the rest of the planning, and most of these the memory's time: it
// is asked for what several of them need at once.
class IdTable {
 public:
  static constexpr std::size_t kAtOnce = 32;

  explicit IdTable(const std::vector<model::WorkflowTask>& tasks)
      : slots_(std::bit_ceil(tasks.size() * 2 + 1)) {
    for (std::uint32_t i = 0; i < tasks.size(); ++i) {
      const std::string& id = tasks[i].id;
      Slot& slot = slots_[place(key(id), id)];
      if (slot.task != kNone) continue;  // the first of an id counts
      slot = {fingerprint(key(id)), i, static_cast<std::uint32_t>(ids_.size()),
              static_cast<std::uint32_t>(id.size())};
      ids_ += id;
    }
  }

  // Calls `found` with the task of each id, in turn, at most kAtOnce of them; ids of no task are left out.
  template <class Found>
  void find(std::span<const model::Text> ids, Found found) const {
    std::array<std::uint64_t, kAtOnce> keys;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      keys[i] = key(ids[i].value);
      __builtin_prefetch(&slots_[keys[i] & (slots_.size() - 1)]);
    }
    for (std::size_t i = 0; i < ids.size(); ++i)
      __builtin_prefetch(ids_.data() + slots_[keys[i] & (slots_.size() - 1)].start);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Slot& slot = slots_[place(keys[i], ids[i].value)];
      if (slot.task != kNone) found(slot.task);
    }
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  struct Slot {
    std::uint32_t fingerprint = 0;
    std::uint32_t task = kNone;
    std::uint32_t start = 0, length = 0;  // of its id in ids_
  };

  static std::uint64_t key(std::string_view id) { return base::mix(base::hash(id)); }
  static std::uint32_t fingerprint(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32); }
  // The slot that holds the id, or the empty one where it would stand.
  [[nodiscard]] std::size_t place(std::uint64_t key, std::string_view id) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = key & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.task == kNone) return at;
      if (slot.fingerprint == fingerprint(key) &&
          std::string_view(ids_).substr(slot.start, slot.length) == id)
        return at;
    }
  }

  std::vector<Slot> slots_;
  std::string ids_;
};

// Without needs that name no task or the task itself: the reader reports those.
model::Graph graph_of_file(const model::Workflow& workflow) {
  const IdTable ids(workflow.tasks);
  std::size_t most = 0;
  for (const model::WorkflowTask& task : workflow.tasks)
    most += task.needs.size();
  std::vector<TaskIndex> needs;
  std::vector<std::uint32_t> lengths;
  needs.reserve(most);
  lengths.reserve(workflow.tasks.size());
  for (std::size_t i = 0; i < workflow.tasks.size(); ++i) {
    const std::size_t before = needs.size();
    const auto add = [&](std::uint32_t task) {
      if (task != i) needs.push_back({task});
    };
    for (std::span names(workflow.tasks[i].needs); !names.empty();) {
      const std::size_t some = std::min(names.size(), IdTable::kAtOnce);
      ids.find(names.first(some), add);
      names = names.subspan(some);
    }
    lengths.push_back(static_cast<std::uint32_t>(needs.size() - before));
  }
  return {std::move(needs), lengths};
}

std::string cycle_path(const model::Workflow& workflow, const std::vector<TaskIndex>& cycle) {
  std::string path;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    if (cycle.size() > kMaxNamed && i == kMaxNamed / 2) {
      path += fmt::format("({} more) -> ", cycle.size() - kMaxNamed);
      i += cycle.size() - kMaxNamed;
    }
    path += workflow.tasks[cycle[i].value].id + " -> ";
  }
  return path + workflow.tasks[cycle.front().value].id;
}

model::Diagnostic describe(const model::Workflow& workflow, const std::vector<TaskIndex>& cycle) {
  const model::WorkflowTask& first = workflow.tasks[cycle.front().value];
  const std::string& second = workflow.tasks[cycle[1].value].id;
  model::Diagnostic out;
  out.path = workflow.path;
  out.at = first.at;
  for (const model::Text& need : first.needs) {
    if (need.value == second) out.at = need.at;
  }
  out.length = static_cast<int>(second.size());
  out.message = "these tasks wait for each other: " + cycle_path(workflow, cycle);
  out.suggestion = "take one of these needs away";
  return out;
}

}  // namespace

Numbering number(const model::Workflow& workflow, model::Diagnostics& diagnostics) {
  model::Graph file = graph_of_file(workflow);
  std::vector<std::uint8_t> rank(workflow.tasks.size());
  std::transform(workflow.tasks.begin(), workflow.tasks.end(), rank.begin(),
                 [](const model::TaskSpec& task) { return static_cast<std::uint8_t>(task.priority); });
  // The cells of a matrix become ready together and are next to each other in the file, so they stay together
  // in plan order: ordering the file's tasks orders the plan's.
  const std::vector<TaskIndex> order = topological_order(file, rank);
  if (order.size() < file.size()) {
    for (const std::vector<TaskIndex>& cycle : cycles(file))
      diagnostics.push_back(describe(workflow, cycle));
  }

  Numbering out;
  std::vector<std::uint32_t> first_slot(file.size()), cells_of(file.size());
  std::transform(workflow.tasks.begin(), workflow.tasks.end(), cells_of.begin(), cell_count);
  out.slots.reserve(order.size());
  if (std::is_sorted(order.begin(), order.end()) && order.size() == file.size() &&
      std::all_of(cells_of.begin(), cells_of.end(), [](std::uint32_t cells) { return cells == 1; })) {
    for (const TaskIndex task : order)
      out.slots.push_back({task.value, 0});
    out.graph = std::move(file);
    return out;
  }
  std::vector<TaskIndex> needs, row;
  std::vector<std::uint32_t> lengths;
  needs.reserve(file.edge_count());
  lengths.reserve(order.size());
  for (const TaskIndex task : order) {
    const std::uint32_t cells = cells_of[task.value];
    first_slot[task.value] = static_cast<std::uint32_t>(out.slots.size());
    row.clear();
    for (const TaskIndex need : file.needs(task)) {
      for (std::uint32_t cell = 0; cell < cells_of[need.value]; ++cell)
        row.push_back({first_slot[need.value] + cell});
      if (needs.size() + cells * row.size() > kMaxNeeds) {
        diagnostics.push_back(
            {workflow.path, workflow.tasks[task.value].at, 1,
             fmt::format("the matrices multiply to more than {} needs between tasks", kMaxNeeds),
             "put a task without a matrix between the two, and let both sides need only that"});
        return out;
      }
    }
    for (std::uint32_t cell = 0; cell < cells; ++cell) {
      out.slots.push_back({task.value, cell});
      needs.insert(needs.end(), row.begin(), row.end());
      lengths.push_back(static_cast<std::uint32_t>(row.size()));
    }
  }
  out.graph = model::Graph(std::move(needs), lengths);
  return out;
}

}  // namespace fleet::plan
