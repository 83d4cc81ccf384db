#include "report/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string_view>
#include <unordered_map>

#include "base/enum_names.h"

namespace fleet::report {

using model::TaskReport;
using model::TaskState;

namespace {

bool was_never_asked(const model::TotalCost& cost) {
  return cost.tokens == model::Tokens{} && cost.usd == 0 && cost.without_tokens == 0 && cost.without_usd == 0;
}

// 12,345
std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

// How many failures are told one by one before the rest is a number.
constexpr std::size_t kMaxReasons = 20;

// For each task, the places of the tasks it needs.
std::vector<std::vector<std::size_t>> needs_of(const std::vector<TaskReport>& tasks) {
  std::unordered_map<std::string_view, std::size_t> place;
  for (std::size_t i = 0; i < tasks.size(); ++i)
    place.emplace(tasks[i].id, i);
  std::vector<std::vector<std::size_t>> needs(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    for (const std::string& need : tasks[i].needs) {
      if (const auto found = place.find(need); found != place.end()) needs[i].push_back(found->second);
    }
  }
  return needs;
}

// Which tasks were skipped because of what they need, and not by their own `if`.
std::vector<bool> cut_off(const std::vector<TaskReport>& tasks) {
  const auto needs = needs_of(tasks);
  std::vector<bool> cut(tasks.size(), false);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].state != TaskState::skipped || tasks[i].runs_after_failure) continue;
    cut[i] = std::any_of(needs[i].begin(), needs[i].end(), [&](std::size_t need) {
      const TaskState state = tasks[need].state;
      return state == TaskState::failed || state == TaskState::cancelled || cut[need];
    });
  }
  return cut;
}

bool is_under_way(TaskState state) {
  return state == TaskState::running || state == TaskState::backing_off || state == TaskState::asking;
}

std::string some_names(const std::vector<std::string_view>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

void add_group(std::vector<std::string>& out, std::string_view what,
               const std::vector<std::string_view>& names) {
  if (names.empty()) return;
  out.push_back(fmt::format("{} {} {}: {}", names.size(), names.size() == 1 ? "task was" : "tasks were", what,
                            some_names(names)));
}

model::RequirementReport judge(const model::Requirement& requirement, const std::vector<std::size_t>& by,
                               const std::vector<TaskReport>& tasks, const std::vector<bool>& cut) {
  model::RequirementReport out{requirement, model::RequirementState::pending, 0, {}};
  std::size_t count = 0, done = 0, failed = 0, blocked = 0, under_way = 0;
  for (const std::size_t i : by) {
    out.tasks.push_back(tasks[i].id);
    const TaskState state = tasks[i].state;
    if (state == TaskState::skipped && !cut[i]) continue;  // its own `if` left it out
    ++count;
    done += state == TaskState::done ? 1 : 0;
    failed += state == TaskState::failed ? 1 : 0;
    blocked += state == TaskState::skipped || state == TaskState::cancelled ? 1 : 0;
    under_way += is_under_way(state) ? 1 : 0;
  }
  if (count == 0) return out;
  out.percent = static_cast<int>(done * 100 / count);
  if (done == count) {
    out.state = model::RequirementState::completed;
  } else if (failed > 0) {
    out.state = model::RequirementState::failed;
  } else if (blocked > 0) {
    out.state = model::RequirementState::blocked;
  } else if (done + under_way > 0) {
    out.state = model::RequirementState::in_progress;
  }
  return out;
}

}  // namespace

std::vector<TaskReport> tasks_of(const model::Plan& plan) {
  std::vector<TaskReport> out;
  out.reserve(plan.tasks.size());
  for (std::uint32_t i = 0; i < plan.tasks.size(); ++i) {
    const model::PlannedTask& task = plan.tasks[i];
    TaskReport report;
    report.index = {i};
    report.id = task.id;
    report.title = task.title;
    report.description = task.spec.description;
    report.kind = model::kind_of(task.spec);
    report.priority = task.spec.priority;
    for (const TaskIndex need : plan.graph.needs({i}))
      report.needs.push_back(plan.task(need).id);
    for (const model::Text& requirement : task.spec.implements)
      report.implements.push_back(requirement.value);
    report.level = task.level;
    report.critical = task.critical;
    report.forecast = task.forecast;
    report.runs_after_failure = task.runs_after_failure;
    out.push_back(std::move(report));
  }
  return out;
}

std::vector<model::RequirementReport> requirements(const model::Plan& plan,
                                                   const std::vector<TaskReport>& tasks) {
  std::unordered_map<std::string_view, std::vector<std::size_t>> implemented_by;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    for (const std::string& id : tasks[i].implements) {
      auto& by = implemented_by[id];
      if (by.empty() || by.back() != i) by.push_back(i);
    }
  }
  const std::vector<bool> cut = cut_off(tasks);
  std::vector<model::RequirementReport> out;
  for (const model::Requirement& requirement : plan.requirements)
    out.push_back(judge(requirement, implemented_by[requirement.id], tasks, cut));
  return out;
}

std::vector<std::string> reasons(const std::vector<TaskReport>& tasks) {
  const std::vector<bool> cut = cut_off(tasks);
  std::vector<std::string> out;
  std::size_t failed = 0;
  std::vector<std::string_view> skipped, cancelled, open;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const TaskReport& task = tasks[i];
    if (task.state == TaskState::failed) {
      if (++failed > kMaxReasons) continue;
      const std::string tries =
          task.attempts.size() > 1 ? fmt::format(" after {} attempts", task.attempts.size()) : "";
      out.push_back(
          fmt::format("{} failed{}{}{}", task.id, tries, task.reason.empty() ? "" : ": ", task.reason));
    } else if (cut[i]) {
      skipped.push_back(task.id);
    } else if (task.state == TaskState::cancelled) {
      cancelled.push_back(task.id);
    } else if (!model::is_final(task.state)) {
      open.push_back(task.id);
    }
  }
  if (failed > kMaxReasons) out.push_back(fmt::format("{} more tasks failed", failed - kMaxReasons));
  add_group(out, "skipped because of a need", skipped);
  add_group(out, "cancelled", cancelled);
  add_group(out, "not finished", open);
  return out;
}

model::Usage total_usage(const std::vector<TaskReport>& tasks) {
  model::Usage total;
  for (const TaskReport& task : tasks) {
    for (const model::AttemptReport& attempt : task.attempts) {
      if (!attempt.outcome) continue;
      const model::Usage& usage = attempt.outcome->usage;
      total.wall += usage.wall;
      total.user_cpu += usage.user_cpu;
      total.system_cpu += usage.system_cpu;
      total.peak_memory = std::max(total.peak_memory, usage.peak_memory);
    }
  }
  return total;
}

std::vector<model::AgentReport> agents(const std::vector<TaskReport>& tasks) {
  std::map<std::string, model::AgentReport> by_name;
  for (const TaskReport& task : tasks) {
    for (const model::AttemptReport& attempt : task.attempts) {
      if (!attempt.outcome || !attempt.outcome->agent) continue;
      const model::AgentUse& use = *attempt.outcome->agent;
      model::AgentReport& agent = by_name[use.agent];
      agent.agent = use.agent;
      const bool is_known =
          std::find(agent.models.begin(), agent.models.end(), use.model) != agent.models.end();
      if (!use.model.empty() && !is_known) agent.models.push_back(use.model);
      ++agent.attempts;
      agent.done += attempt.outcome->verdict == model::Verdict::done ? 1 : 0;
      agent.wall += attempt.outcome->usage.wall;
      // One that never came to ask cost nothing.
      if (use.failure != model::AgentFailure::unavailable) agent.cost.add(use.cost);
    }
  }
  std::vector<model::AgentReport> all;
  all.reserve(by_name.size());
  for (auto& [name, agent] : by_name)
    all.push_back(std::move(agent));
  return all;
}

std::string describe_usd(const model::TotalCost& cost) {
  if (was_never_asked(cost)) return {};
  if (cost.without_usd > 0 && cost.usd == 0) return "unknown";
  return (cost.without_usd > 0 ? "at least " : "") + model::describe_usd(cost.usd);
}

std::string describe(const model::BudgetReport& budget) {
  return fmt::format("{} of {} are spent", model::describe_usd(budget.booked),
                     model::describe_usd(budget.limit));
}

std::string describe_tokens(const model::TotalCost& cost) {
  if (was_never_asked(cost)) return {};
  const bool nothing_known = cost.tokens == model::Tokens{};
  if (cost.without_tokens > 0 && nothing_known) return "unknown";
  return fmt::format("{}{} read, {} written", cost.without_tokens > 0 ? "at least " : "",
                     with_commas(cost.tokens.read()), with_commas(cost.tokens.output));
}

Duration critical_path(const std::vector<TaskReport>& tasks) {
  const auto needs = needs_of(tasks);
  std::vector<Duration> end(tasks.size());
  Duration longest{};
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    Duration start{};
    for (const std::size_t need : needs[i])
      start = std::max(start, end[need]);
    end[i] = start + tasks[i].took();
    longest = std::max(longest, end[i]);
  }
  return longest;
}

void complete(model::Report& report, const model::Plan& plan) {
  report.requirements = requirements(plan, report.tasks);
  for (std::string& reason : reasons(report.tasks))
    report.reasons.push_back(std::move(reason));
  report.agents = agents(report.tasks);
  report.usage = total_usage(report.tasks);
  report.critical_path = critical_path(report.tasks);
}

void add_gate(model::Report& report, model::GateReport gate) {
  std::vector<std::string> all;
  for (const std::string& failure : gate.failures)
    all.push_back("gate: " + failure);
  std::move(report.reasons.begin(), report.reasons.end(), std::back_inserter(all));
  report.reasons = std::move(all);
  report.gate = std::move(gate);
}

bool is_good(const model::Report& report) {
  return report.state == model::RunState::finished && (!report.gate || report.gate->passed);
}

Efficiency efficiency(const model::Report& report) {
  Efficiency out;
  std::size_t ran = 0;
  for (const TaskReport& task : report.tasks) {
    out.one_by_one += task.took();
    ran += task.attempts.empty() ? 0 : 1;
  }
  out.wall = std::max(report.finished - report.started, Duration{});
  if (ran == 0 || out.wall <= Duration{}) return out;
  const auto wall = static_cast<double>(out.wall.count());
  const Duration bound = std::max(report.critical_path, out.one_by_one / std::max(report.parallel, 1));
  out.speed_up = static_cast<double>(out.one_by_one.count()) / wall;
  out.parallel_efficiency = std::min(static_cast<double>(bound.count()) / wall, 1.0);
  out.tasks_per_second = static_cast<double>(ran) * 1e6 / wall;
  return out;
}

std::string describe_rate(double per_second) {
  return per_second < 10 ? fmt::format("{:.2g}", per_second) : fmt::format("{:.0f}", per_second);
}

Counts counts(const std::vector<TaskReport>& tasks) {
  Counts out;
  out.total = tasks.size();
  for (const TaskReport& task : tasks) {
    out.attempts += task.attempts.size();
    switch (task.state) {
      case TaskState::done:
        ++out.done;
        break;
      case TaskState::failed:
        ++out.failed;
        break;
      case TaskState::skipped:
        ++out.skipped;
        break;
      case TaskState::cancelled:
        ++out.cancelled;
        break;
      default:
        ++out.open;
    }
  }
  return out;
}

bool is_void(const model::Report& report) {
  const Counts count = counts(report.tasks);
  return report.state == model::RunState::finished && count.skipped == count.total;
}

std::string describe(const model::GateReport& gate) {
  std::string out;
  const auto add = [&](std::uint32_t count, std::string_view what) {
    if (count > 0)
      out += fmt::format("{}{} new {}{}", out.empty() ? "" : ", ", count, what, count == 1 ? "" : "s");
  };
  add(gate.errors, "error");
  add(gate.warnings, "warning");
  add(gate.notes, "note");
  out += fmt::format("{} in {} changed {}", out.empty() ? "no new findings" : "", gate.files,
                     gate.files == 1 ? "file" : "files");
  if (gate.highest_complexity > 0)
    out += fmt::format("; the most complex changed function has {}", gate.highest_complexity);
  return out + fmt::format("; score {:.1f}", std::floor(gate.score * 10) / 10);
}

std::string verdict(const model::Report& report) {
  const Counts count = counts(report.tasks);
  if (is_void(report)) {
    return fmt::format("finished: nothing was done, {}",
                       count.total == 1 ? "the only task was skipped"
                                        : fmt::format("all {} tasks were skipped", count.total));
  }
  std::string text =
      fmt::format("{}: {} of {} {} done", report.cut_off ? "cut off" : base::name_of(report.state),
                  count.done, count.total, count.total == 1 ? "task" : "tasks");
  const auto add = [&](std::size_t number, std::string_view what) {
    if (number > 0) text += fmt::format(", {} {}", number, what);
  };
  add(count.failed, "failed");
  add(count.skipped, "skipped");
  add(count.cancelled, "cancelled");
  add(count.open, "not finished");
  if (report.gate) text += report.gate->passed ? ", gate passed" : ", gate failed";
  return text;
}

}  // namespace fleet::report
