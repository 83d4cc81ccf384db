#include "plan/numbering.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>

#include "base/random.h"
#include "plan/matrix.h"
#include "plan/order.h"
#include "plan/planner.h"

namespace fleet::plan {

namespace {

// Tasks of a cycle that its diagnostic names before it shortens the middle.
constexpr std::size_t kMaxNamed = 12;

// Which task has which id: open addressing over hashes, with the ids packed beside each other, since a
// million look-ups in a map of strings would take longer than all the rest of the planning.
class IdTable {
 public:
  explicit IdTable(const std::vector<model::TaskSpec>& tasks)
      : slots_(std::bit_ceil(tasks.size() * 2 + 1)), mask_(slots_.size() - 1) {
    for (std::uint32_t i = 0; i < tasks.size(); ++i)
      add(tasks[i].id, i);
  }

  // The first task of this id; nothing when there is none.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const {
    const std::uint64_t key = base::mix(base::hash(id));
    for (std::size_t at = key & mask_; slots_[at].used; at = (at + 1) & mask_) {
      if (slots_[at].key == key && id_at(slots_[at]) == id) return slots_[at].task;
    }
    return std::nullopt;
  }

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t start = 0;
    std::uint32_t length = 0;
    std::uint32_t task = 0;
    bool used = false;
  };

  void add(std::string_view id, std::uint32_t task) {
    const std::uint64_t key = base::mix(base::hash(id));
    std::size_t at = key & mask_;
    for (; slots_[at].used; at = (at + 1) & mask_) {
      if (slots_[at].key == key && id_at(slots_[at]) == id) return;
    }
    slots_[at] = {key, static_cast<std::uint32_t>(ids_.size()), static_cast<std::uint32_t>(id.size()), task,
                  true};
    ids_ += id;
  }
  [[nodiscard]] std::string_view id_at(const Entry& entry) const {
    return std::string_view(ids_).substr(entry.start, entry.length);
  }

  std::vector<Entry> slots_;
  std::size_t mask_;
  std::string ids_;
};

model::Graph graph_of_file(const model::Workflow& workflow) {
  const IdTable ids(workflow.tasks);
  std::vector<std::vector<TaskIndex>> needs(workflow.tasks.size());
  for (std::size_t i = 0; i < needs.size(); ++i) {
    needs[i].reserve(workflow.tasks[i].needs.size());
    for (const model::Text& need : workflow.tasks[i].needs) {
      if (const auto task = ids.find(need.value)) needs[i].push_back({*task});
    }
  }
  return model::Graph(needs);
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
  const model::TaskSpec& first = workflow.tasks[cycle.front().value];
  const std::string& second = workflow.tasks[cycle[1 % cycle.size()].value].id;
  model::Diagnostic out;
  out.path = workflow.path;
  out.at = first.at;
  for (const model::Text& need : first.needs) {
    if (need.value == second) out.at = need.at;
  }
  out.length = static_cast<int>(second.size());
  out.message = cycle.size() == 1 ? fmt::format("the task `{}` needs itself", first.id)
                                  : "these tasks wait for each other: " + cycle_path(workflow, cycle);
  out.suggestion = "take one of these needs away";
  return out;
}

}  // namespace

Numbering number(const model::Workflow& workflow, model::Diagnostics& diagnostics) {
  const model::Graph file = graph_of_file(workflow);
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
  std::vector<std::uint32_t> first_slot(file.size());
  std::vector<std::vector<TaskIndex>> needs;
  std::size_t need_count = 0;
  for (const TaskIndex task : order) {
    const std::uint32_t cells = cell_count(workflow.tasks[task.value]);
    first_slot[task.value] = static_cast<std::uint32_t>(out.slots.size());
    std::vector<TaskIndex> row;
    for (const TaskIndex need : file.needs(task)) {
      const std::uint32_t needed_cells = cell_count(workflow.tasks[need.value]);
      need_count += std::size_t{cells} * needed_cells;
      if (need_count > kMaxNeeds) {
        diagnostics.push_back(
            {workflow.path, workflow.tasks[task.value].at, 1,
             fmt::format("the matrices multiply to more than {} needs between tasks", kMaxNeeds),
             "put a task without a matrix between the two, and let both sides need only that"});
        return out;
      }
      for (std::uint32_t cell = 0; cell < needed_cells; ++cell)
        row.push_back({first_slot[need.value] + cell});
    }
    for (std::uint32_t cell = 0; cell < cells; ++cell) {
      out.slots.push_back({task.value, cell});
      needs.push_back(row);
    }
  }
  out.graph = model::Graph(needs);
  return out;
}

}  // namespace fleet::plan
