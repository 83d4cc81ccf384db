#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "model/setting.h"
#include "model/workflow.h"

// What will run. Frozen when the run starts: from then on nothing changes it.
namespace fleet::model {

// A directed graph over 0..size-1 in compressed rows: both directions, each O(1) to reach. Values.
class Graph {
 public:
  Graph() = default;
  // `needs[i]` lists what i needs; doubles are removed, and each row ends up ascending.
  explicit Graph(const std::vector<std::vector<TaskIndex>>& needs);
  // The same with all rows in one list, one after the other; `lengths[i]` is that of row i.
  Graph(std::vector<TaskIndex> needs, const std::vector<std::uint32_t>& lengths);

  [[nodiscard]] std::size_t size() const { return need_start_.empty() ? 0 : need_start_.size() - 1; }
  [[nodiscard]] std::size_t edge_count() const { return needs_.size(); }
  [[nodiscard]] std::span<const TaskIndex> needs(TaskIndex task) const {
    return row(needs_, need_start_, task);
  }
  [[nodiscard]] std::span<const TaskIndex> dependents(TaskIndex task) const {
    return row(dependents_, dependent_start_, task);
  }

 private:
  static std::span<const TaskIndex> row(const std::vector<TaskIndex>& all,
                                        const std::vector<std::uint32_t>& start, TaskIndex task) {
    return std::span(all).subspan(start[task.value], start[task.value + 1] - start[task.value]);
  }
  std::vector<std::uint32_t> need_start_, dependent_start_;
  std::vector<TaskIndex> needs_, dependents_;
};

// One of those who may do a prompt. Where one cannot, the next one takes over.
struct AgentLink {
  std::string agent;  // a key of Plan::agents
  // The names by which it was reached, itself included: the caps on attempts at once of each of them hold.
  std::vector<std::string> named;
};

// One task of the plan: a task of the workflow, or one cell of its matrix. `spec` is complete: defaults are
// applied, and
// `${{ matrix.* }}`, `${{ inputs.* }}` and `${{ env.* }}` stand replaced in its globs, its name and its
// paths.
struct PlannedTask {
  std::string id;     // valid in refs and unique: `materials`, `materials.core`
  std::string title;  // for people: `materials (core)`, or the task's name
  TaskSpec spec;
  std::map<std::string, std::string> matrix;  // this cell's values

  std::vector<AgentLink> links;  // of a prompt, in the order in which they are tried

  Setting<Duration> timeout;
  Setting<int> retries;
  std::optional<Duration> forecast;  // how long it should take, from history

  std::uint32_t level = 0;  // length of the longest path to it, in tasks
  Duration remaining{};     // the longest path from its start to the end of the run, itself included
  Duration slack{};         // how much later it could start without making the run longer
  bool critical = false;    // on the longest path

  // Its `if` calls success(), failure(), cancelled() or always(): it is asked even when a task it needs did
  // not succeed.
  bool runs_after_failure = false;
};

// Two tasks with no order between them that may change the same path.
struct ForeseenConflict {
  TaskIndex first;  // the earlier in plan order
  TaskIndex second;
  std::string path;  // one path that both may change, as a witness
};

struct Settings {
  Setting<int> parallel;                            // attempts at once
  Setting<std::optional<Duration>> duration;        // of the whole run
  Setting<std::optional<double>> cost;              // USD
  Setting<std::optional<double>> stop_when_failed;  // share
  Setting<std::optional<AskWhenFailed>> ask_when_failed;
  Setting<ConflictStrategy> conflicts;
  Setting<Delivery> deliver;
  Setting<Duration> grace;  // what running attempts are given after a stop before they are ended
};

struct Forecast {
  std::optional<Duration> duration;  // of the run with this many attempts at once; none without history
  Duration critical_path{};          // the same with no cap; tasks without history count as `unit`
  Duration unit{};                   // what a task without history was taken to last
  std::size_t from_history = 0;      // tasks whose duration history told
};

struct Plan {
  std::string workflow_name;
  std::string workflow_path;
  std::vector<PlannedTask> tasks;  // in plan order
  Graph graph;
  std::uint32_t levels = 0;
  Settings settings;
  std::optional<Gate> gate;  // what the change is held against
  std::vector<Requirement> requirements;
  std::map<std::string, SingleAgent> agents;  // that the links of its tasks name
  std::map<std::string, int> agent_parallel;  // caps per agent name; absent: none
  std::map<std::string, std::string> inputs;
  std::map<std::string, std::string> env;  // of the workflow
  std::vector<ForeseenConflict> conflicts;
  Forecast forecast;
  std::vector<ReportFormat> report_formats;  // what is written when the run ends
  CommentStyle report_comment = CommentStyle::off;
  std::vector<std::string> notes;  // what the user should know of the plan: a bound was met, ...

  [[nodiscard]] const PlannedTask& task(TaskIndex index) const { return tasks[index.value]; }
  [[nodiscard]] std::optional<TaskIndex> find(std::string_view id) const;
};

}  // namespace fleet::model
