#include <algorithm>
#include <cmath>
#include <queue>
#include <random>

#include "bench/probe/probe.h"
#include "engine/scheduler.h"
#include "plan/planner.h"

// How good the order is in which tasks are started: the makespan of the real scheduler in virtual time, over
// a lower bound that no order can beat, on random graphs in which more is ready than may run, while the
// longest path matters too. The mean over all graphs, with different knowledge of the durations; and two
// simpler orders as peers.
namespace fleet::bench {
namespace {

using Durations = std::vector<double>;  // seconds

// With these, first come, first served stands at 1.12 and level by level at 1.8 times the bound: about as
// hard as the graphs that the targets were set with (1.124 and 1.72).
constexpr double kSpread = 0.7;  // of the logarithms of the durations
constexpr double kContention = 0.7;

struct Problem {
  std::vector<std::vector<TaskIndex>> needs;
  Durations durations;
  int parallel = 1;
  double bound = 0;  // the longest path, or all work shared out evenly
};

Problem random_problem(std::uint32_t tasks, std::mt19937& random) {
  Problem problem;
  std::lognormal_distribution<double> duration(0, kSpread);
  Durations ends(tasks);
  double work = 0;
  for (std::uint32_t task = 0; task < tasks; ++task) {
    auto& row = problem.needs.emplace_back();
    const std::uint32_t nearest = std::min<std::uint32_t>(task, tasks / 2);
    for (std::uint32_t i = random() % 4; nearest > 0 && i > 0; --i)
      row.push_back({task - 1 - static_cast<std::uint32_t>(random() % nearest)});
    double begin = 0;
    for (const TaskIndex need : row)
      begin = std::max(begin, ends[need.value]);
    const double lasts = problem.durations.emplace_back(duration(random));
    ends[task] = begin + lasts;
    work += lasts;
  }
  const double longest = *std::max_element(ends.begin(), ends.end());
  // Fewer at once than would keep the longest path going: with as many as that any order is good enough, and
  // with very few too.
  problem.parallel = std::max(2, static_cast<int>(std::lround(kContention * work / longest)));
  problem.bound = std::max(longest, work / problem.parallel);
  return problem;
}

model::Plan plan_of(const Problem& problem, const Durations* history) {
  model::Workflow workflow;
  for (std::size_t i = 0; i < problem.needs.size(); ++i) {
    model::WorkflowTask& task = workflow.tasks.emplace_back();
    task.id = std::to_string(i);
    task.work = model::Command{std::string("true"), {}};
    task.writes.emplace();
    for (const TaskIndex need : problem.needs[i])
      task.needs.push_back({std::to_string(need.value), {}});
  }
  plan::PlanOptions options;
  options.command_line.parallel = problem.parallel;
  if (history != nullptr) {
    options.history = [history](std::string_view id) -> std::optional<Duration> {
      return Duration(static_cast<std::int64_t>(1e6 * history->at(std::stoul(std::string(id)))));
    };
  }
  plan::Planning planning = plan::make(workflow, options);
  if (!planning.diagnostics.empty()) give_up("a graph cannot be planned");
  return std::move(planning.plan);
}

// What ends next comes first.
template <class What>
using ByEnd =
    std::priority_queue<std::pair<double, What>, std::vector<std::pair<double, What>>, std::greater<>>;

double makespan_of_scheduler(const Problem& problem, const Durations* history) {
  const model::Plan plan = plan_of(problem, history);
  engine::Scheduler scheduler(plan);
  ByEnd<std::pair<std::uint32_t, engine::Serial>> running;
  double now = 0;
  const auto send = [&](const engine::Input& input) {
    const TimePoint at{Duration(static_cast<std::int64_t>(now * 1e6))};
    for (const engine::Action& action : scheduler.handle(input, at).actions) {
      const auto* start = std::get_if<engine::StartAttempt>(&action);
      if (start == nullptr) continue;
      const double lasts = problem.durations[std::stoul(plan.task(start->task).id)];
      running.push({now + lasts, {start->task.value, start->serial}});
    }
  };
  send(engine::RunStarted{7, {}});
  while (!running.empty()) {
    const auto [end, which] = running.top();
    running.pop();
    now = end;
    model::Outcome outcome;
    outcome.verdict = model::Verdict::done;
    send(engine::AttemptFinished{{which.first}, which.second, std::move(outcome)});
  }
  return now;
}

// First come, first served.
double makespan_of_fifo(const Problem& problem) {
  const model::Graph graph(problem.needs);
  std::vector<std::size_t> open(graph.size());
  std::queue<std::uint32_t> ready;
  for (std::uint32_t task = 0; task < graph.size(); ++task) {
    open[task] = graph.needs({task}).size();
    if (open[task] == 0) ready.push(task);
  }
  ByEnd<std::uint32_t> running;
  double now = 0;
  while (!ready.empty() || !running.empty()) {
    for (; !ready.empty() && running.size() < static_cast<std::size_t>(problem.parallel); ready.pop())
      running.push({now + problem.durations[ready.front()], ready.front()});
    const std::uint32_t ended = running.top().second;
    now = running.top().first;
    running.pop();
    for (const TaskIndex dependent : graph.dependents({ended})) {
      if (--open[dependent.value] == 0) ready.push(dependent.value);
    }
  }
  return now;
}

// A level begins when the one before has ended.
double makespan_of_levels(const Problem& problem) {
  std::vector<std::size_t> level(problem.needs.size());
  std::vector<std::vector<std::uint32_t>> levels;
  for (std::uint32_t task = 0; task < problem.needs.size(); ++task) {
    for (const TaskIndex need : problem.needs[task])
      level[task] = std::max(level[task], level[need.value] + 1);
    levels.resize(std::max(levels.size(), level[task] + 1));
    levels[level[task]].push_back(task);
  }
  double now = 0;
  for (const std::vector<std::uint32_t>& tasks : levels) {
    std::priority_queue<double, std::vector<double>, std::greater<>> ends;
    double last = now;
    for (const std::uint32_t task : tasks) {
      double begin = now;
      if (ends.size() == static_cast<std::size_t>(problem.parallel)) {
        begin = ends.top();
        ends.pop();
      }
      ends.push(begin + problem.durations[task]);
      last = std::max(last, begin + problem.durations[task]);
    }
    now = last;
  }
  return now;
}

}  // namespace

Figures probe_order(Arguments& arguments) {
  const std::int64_t graphs = arguments.number();
  const auto tasks = static_cast<std::uint32_t>(arguments.number());
  std::mt19937 random(1);
  std::lognormal_distribution<double> error(0, 0.3);
  Figures figures;
  for (std::int64_t i = 0; i < graphs; ++i) {
    const Problem problem = random_problem(tasks, random);
    Durations noisy = problem.durations;
    for (double& duration : noisy)
      duration *= error(random);
    const auto add = [&](const char* name, double makespan) {
      figures[name] += makespan / problem.bound / static_cast<double>(graphs);
    };
    add("without_history", makespan_of_scheduler(problem, nullptr));
    add("with_history", makespan_of_scheduler(problem, &noisy));
    add("exact", makespan_of_scheduler(problem, &problem.durations));
    add("fifo", makespan_of_fifo(problem));
    add("levels", makespan_of_levels(problem));
  }
  return figures;
}

}  // namespace fleet::bench
