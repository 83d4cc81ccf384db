#include "terminal/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "report/build.h"
#include "terminal/style.h"
#include "terminal/table.h"
#include "text/columns.h"
#include "text/utf8.h"

namespace fleet::terminal {

using model::TaskReport;
using model::TaskState;
using text::Align;
using Give = Table::Give;

namespace {

// Past this many tasks, only those that are not simply done are listed.
constexpr std::size_t kMostRows = 60;
constexpr std::size_t kMostListed = 500;  // of those
constexpr std::size_t kMostConflicts = 50;
constexpr std::size_t kLongestField = 5000;  // columns

Tone tone_of(TaskState state) {
  switch (state) {
    case TaskState::done:
      return Tone::good;
    case TaskState::failed:
      return Tone::bad;
    case TaskState::running:
      return Tone::active;
    case TaskState::backing_off:
    case TaskState::asking:
    case TaskState::cancelled:
      return Tone::warning;
    default:
      return Tone::faint;
  }
}

Tone tone_of(model::RunState state) {
  switch (state) {
    case model::RunState::finished:
      return Tone::good;
    case model::RunState::running:
      return Tone::active;
    case model::RunState::stopped:
      return Tone::warning;
    default:
      return Tone::bad;
  }
}

Tone tone_of(model::RequirementState state) {
  switch (state) {
    case model::RequirementState::completed:
      return Tone::good;
    case model::RequirementState::failed:
      return Tone::bad;
    case model::RequirementState::blocked:
      return Tone::warning;
    default:
      return Tone::faint;
  }
}

std::string fitted(std::string_view bytes, const Look& look, std::size_t used = 0) {
  const auto width = static_cast<std::size_t>(look.width);
  return text::fit(bytes, width > used + 10 ? width - used : 10,
                   look.unicode ? text::Charset::unicode : text::Charset::ascii);
}

std::string heading(std::string_view title, const Look& look) {
  return "\n" + toned(title, Tone::strong, look) + "\n";
}

// Until `now` for an attempt that has not ended.
Duration time_of(const TaskReport& task, TimePoint now) {
  Duration sum{};
  for (const model::AttemptReport& attempt : task.attempts)
    sum += std::max(attempt.finished.value_or(now) - attempt.started, Duration{});
  return sum;
}

// Why it is not done; or what its last attempt says it did.
std::string_view remark(const TaskReport& task) {
  if (!task.reason.empty() || task.attempts.empty() || !task.attempts.back().outcome) return task.reason;
  return task.attempts.back().outcome->summary;
}

std::string task_table(const std::vector<TaskReport>& tasks, TimePoint now, const Look& look) {
  Table table({{"TASK", Align::left, Give::yes},
               {"STATE"},
               {"TRIES", Align::right},
               {"TIME", Align::right},
               {"FILES", Align::right},
               {"REMARK", Align::left, Give::yes}});
  const bool is_short = tasks.size() <= kMostRows;
  std::size_t listed = 0;
  for (const TaskReport& task : tasks) {
    if (!is_short && (task.state == TaskState::done || listed >= kMostListed)) continue;
    ++listed;
    const bool has_changes =
        task.state == TaskState::done && !task.attempts.empty() && task.attempts.back().outcome;
    const std::uint32_t changes = has_changes ? task.attempts.back().outcome->changes : 0;
    table.add({{task.id},
               {std::string(base::name_of(task.state)), tone_of(task.state)},
               {task.attempts.empty() ? "" : std::to_string(task.attempts.size())},
               {task.attempts.empty() ? "" : base::describe_duration(time_of(task, now))},
               {changes == 0 ? "" : std::to_string(changes)},
               {std::string(remark(task)), task.state == TaskState::done ? Tone::faint : Tone::plain}});
  }
  std::string out = table.draw(look);
  if (listed < tasks.size()) out += fmt::format("and {} more tasks\n", tasks.size() - listed);
  return out;
}

std::string conflict_table(const std::vector<model::ConflictReport>& conflicts, const Look& look) {
  Table table({{"LOST", Align::left, Give::yes},
               {"WON", Align::left, Give::yes},
               {"PATHS", Align::left, Give::yes},
               {"DECISION", Align::left, Give::yes}});
  for (std::size_t i = 0; i < std::min(conflicts.size(), kMostConflicts); ++i) {
    const model::ConflictReport& conflict = conflicts[i];
    std::string paths = conflict.paths.empty() ? "" : conflict.paths.front();
    if (conflict.paths.size() > 1) paths += fmt::format(" and {} more", conflict.paths.size() - 1);
    table.add({{conflict.loser}, {conflict.winner}, {paths, Tone::warning}, {conflict.decision}});
  }
  std::string out = table.draw(look);
  if (conflicts.size() > kMostConflicts)
    out += fmt::format("and {} more conflicts\n", conflicts.size() - kMostConflicts);
  return out;
}

std::string requirement_table(const std::vector<model::RequirementReport>& requirements, const Look& look) {
  Table table({{"REQUIREMENT", Align::left, Give::yes},
               {"", Align::right},
               {"STATE"},
               {"TEXT", Align::left, Give::yes}});
  for (const model::RequirementReport& each : requirements) {
    table.add({{each.requirement.id},
               {fmt::format("{}%", each.percent)},
               {std::string(base::name_of(each.state)), tone_of(each.state)},
               {each.requirement.text}});
  }
  return table.draw(look);
}

std::string agent_table(const std::vector<model::AgentReport>& agents, const Look& look) {
  Table table({{"AGENT", Align::left, Give::yes},
               {"MODEL", Align::left, Give::yes},
               {"TRIES", Align::right},
               {"DONE", Align::right},
               {"TIME", Align::right},
               {"TOKENS"},
               {"COST", Align::right}});
  for (const model::AgentReport& agent : agents) {
    std::string models;
    for (const std::string& name : agent.models)
      models += (models.empty() ? "" : ", ") + name;
    table.add({{agent.agent},
               {models},
               {std::to_string(agent.attempts)},
               {std::to_string(agent.done)},
               {base::describe_duration(agent.wall)},
               {report::describe_tokens(agent.cost)},
               {report::describe_usd(agent.cost)}});
  }
  return table.draw(look);
}

// However long, for what people must read to the end, or copy; the terminal wraps it.
std::string whole(std::string_view bytes, const Look& look) {
  return text::fit(bytes, kLongestField, look.unicode ? text::Charset::unicode : text::Charset::ascii);
}

std::string fact(std::string_view name, std::string_view value, const Look& look) {
  return toned(text::pad(name, 8), Tone::faint, look) + "  " + whole(value, look) + "\n";
}

std::string verdict_line(const model::Report& report, const Look& look) {
  const bool is_void = report::is_void(report);
  const bool is_good = report::is_good(report);
  const bool fails_gate = report.gate && !report.gate->passed;
  const std::string_view sign = !look.unicode ? "" : is_void ? "– " : is_good ? "✓ " : "✗ ";
  return toned(fmt::format("{}{}", sign, fitted(report.workflow + " " + report::verdict(report), look, 2)),
               is_void      ? Tone::plain
               : fails_gate ? tone_of(model::RunState::failed)
                            : tone_of(report.state),
               look) +
         "\n";
}

std::string time_facts(const model::Report& report, const Look& look) {
  const report::Efficiency figures = report::efficiency(report);
  std::string time = base::describe_duration(figures.wall);
  // Of a run with little to do at once there is nothing to boast of.
  if (figures.speed_up > 1.05)
    time += fmt::format(" with up to {} at once; one by one {}, so {:.1f} times as fast", report.parallel,
                        base::describe_duration(figures.one_by_one), figures.speed_up);
  std::string out = fact("time", time, look);
  if (figures.speed_up > 0)
    out += fact("",
                fmt::format("longest chain {}; {:.0f}% of the best possible; {} tasks/s",
                            base::describe_duration(report.critical_path), figures.parallel_efficiency * 100,
                            report::describe_rate(figures.tasks_per_second)),
                look);
  return out;
}

std::string where_it_is(const model::DeliveryReport& delivery) {
  const std::string was = delivery.commit.hex().substr(0, 12);
  const std::string now = delivery.tip.hex().substr(0, 12);
  switch (delivery.standing.value_or(model::BranchStanding::as_delivered)) {
    case model::BranchStanding::as_delivered:
      return fmt::format(" at {}: {} {}, +{} -{}", was, delivery.files,
                         delivery.files == 1 ? "file" : "files", delivery.added, delivery.removed);
    case model::BranchStanding::rolled_back:
      return fmt::format(" rolled back: at {} now, {} when delivered", now, was);
    case model::BranchStanding::moved:
      return fmt::format(" moved: at {} now, {} when delivered", now, was);
    case model::BranchStanding::gone:
      return fmt::format(" is gone; it was at {}", was);
  }
  return {};
}

std::string delivery_fact(const model::DeliveryReport& delivery, const Look& look) {
  if (!delivery.error.empty()) return fact("branch", "none: " + delivery.error, look);
  std::string out;
  if (!delivery.branch.empty()) out += fact("branch", delivery.branch + where_it_is(delivery), look);
  if (!delivery.pull_request.empty()) out += fact("request", delivery.pull_request, look);
  return out;
}

std::string gate_facts(const std::optional<model::GateReport>& gate, const Look& look) {
  if (!gate) return "";
  std::string out =
      fact("gate", fmt::format("{}: {}", gate->passed ? "passed" : "failed", report::describe(*gate)), look);
  for (const std::string& remark : gate->remarks)
    out += fact("", "not judged: " + remark, look);
  return out;
}

std::string ago(Duration since) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(since).count();
  if (minutes < 1) return "just now";
  if (minutes < 60) return fmt::format("{} min ago", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h ago", minutes / 60);
  return fmt::format("{} days ago", minutes / (24 * 60));
}

}  // namespace

std::string summary(const model::Report& report, const SummaryPlaces& places, const Look& look) {
  std::string out = "\n" + verdict_line(report, look);
  for (const std::string& reason : report.reasons)
    out += "  " + whole(reason, look) + "\n";
  out += "\n" + task_table(report.tasks, report.finished, look);
  if (!report.conflicts.empty()) out += heading("Conflicts", look) + conflict_table(report.conflicts, look);
  if (!report.agents.empty()) out += heading("Agents", look) + agent_table(report.agents, look);
  if (!report.requirements.empty())
    out += heading("Requirements", look) + requirement_table(report.requirements, look);
  if (!report.notes.empty()) out += "\n";
  for (const std::string& note : report.notes)
    out += toned("note", Tone::warning, look) + "  " + whole(note, look) + "\n";
  out += "\n" + time_facts(report, look);
  if (report.budget) out += fact("cost", report::describe(*report.budget), look);
  out += delivery_fact(report.delivery, look) + gate_facts(report.gate, look);
  for (const std::string& path : places.reports)
    out += fact(&path == &places.reports.front() ? "report" : "", path, look);
  if (!places.next.empty()) out += fact("next", places.next, look);
  return out;
}

std::string runs_table(const std::vector<RunRow>& runs, TimePoint now, const Look& look) {
  if (runs.empty()) return "No runs yet; `fleet run` starts one.\n";
  Table table({{"RUN"},
               {"WORKFLOW", Align::left, Give::yes},
               {"STATE"},
               {"STARTED"},
               {"TIME", Align::right},
               {"DONE", Align::right},
               {"FAILED", Align::right},
               {"BRANCH", Align::left, Give::yes}});
  for (const RunRow& run : runs) {
    table.add({{run.id, Tone::strong},
               {run.workflow},
               run.is_cut_off ? Table::Cell{"cut off", Tone::warning}
                              : Table::Cell{std::string(base::name_of(run.state)), tone_of(run.state)},
               {ago(now - run.started)},
               {base::describe_duration(std::max(run.duration.value_or(now - run.started), Duration{}))},
               {fmt::format("{}/{}", run.done, run.tasks)},
               {run.failed == 0 ? "" : std::to_string(run.failed), Tone::bad},
               {run.branch}});
  }
  return table.draw(look);
}

std::string agents_table(const std::vector<AgentRow>& agents, const Look& look) {
  if (agents.empty()) return "The workflow names no agents.\n";
  Table table({{"AGENT"},
               {"USES", Align::left, Give::yes},
               {"MODEL", Align::left, Give::yes},
               {"TRIES", Align::right},
               {"DONE", Align::right},
               {"MISSING", Align::left, Give::yes}});
  for (const AgentRow& agent : agents) {
    table.add({{agent.name, Tone::strong},
               {agent.uses},
               {agent.model},
               {agent.tries == 0 ? "" : std::to_string(agent.tries)},
               {agent.tries == 0 ? "" : std::to_string(agent.done)},
               {agent.missing, Tone::warning}});
  }
  return table.draw(look);
}

std::string status_table(const model::Report& report, const std::string& driver, TimePoint now,
                         const Look& look) {
  const bool is_on = report.state == model::RunState::running && !report.cut_off;
  const report::Counts count = report::counts(report.tasks);
  std::string out = fitted(fmt::format("{}  {}", report.run, report.workflow), look) + "\n";
  out += report.cut_off ? toned("cut off", Tone::warning, look)
                        : toned(base::name_of(report.state), tone_of(report.state), look);
  out += fmt::format(
      " {} {}: {} of {} done", is_on ? "for" : "after",
      base::describe_duration(std::max((is_on ? now : report.finished) - report.started, Duration{})),
      count.done, count.total);
  if (count.failed > 0) out += fmt::format(", {} failed", count.failed);
  if (report.cut_off) {
    out += fmt::format("\nno process drives it; `fleet resume {}` goes on", report.run);
  } else if (is_on && !driver.empty()) {
    out += "\ndriven by " + driver;
  }
  out += "\n\n" + task_table(report.tasks, is_on ? now : report.finished, look);
  return out + (report.delivery.branch.empty() ? "" : "\n" + delivery_fact(report.delivery, look));
}

}  // namespace fleet::terminal
