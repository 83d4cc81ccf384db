#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/enum_names.h"
#include "report/build.h"
#include "report/markdown_text.h"
#include "report/render.h"
#include "text/ascii.h"
#include "text/mermaid.h"

// report.md
namespace fleet::report {

using model::TaskReport;
using model::TaskState;

namespace {

// Past these GitHub does not draw a diagram, or nobody could read it.
constexpr std::size_t kMaxDrawnTasks = 150;
constexpr std::size_t kMaxDrawnEdges = 400;
constexpr std::size_t kMaxDiagram = 45'000;  // bytes
constexpr std::size_t kMaxPaths = 10;        // that one conflict names

// Text that knows how long it may become, and says what it left out.
class Page {
 public:
  explicit Page(std::size_t limit) : limit_(limit), room_(limit - std::min(limit, kReserve)) {}

  // False, and nothing is added, when the text would fill more than this share of the page.
  bool add(std::string_view text, double share = 1) {
    if (out_.size() + text.size() > static_cast<std::size_t>(static_cast<double>(room_) * share))
      return false;
    out_ += text;
    return true;
  }
  // Says that something was cut; there is room for a dozen of these.
  void cut(std::size_t left_out, std::string_view what) {
    const std::string note =
        fmt::format("\n_{} {} left out here to stay below {} KiB; report.json has everything._\n", left_out,
                    what, limit_ / 1024);
    if (out_.size() + note.size() <= limit_) out_ += note;
  }
  std::string take() { return std::move(out_); }

 private:
  static constexpr std::size_t kReserve = 2048;
  std::size_t limit_;
  std::size_t room_;
  std::string out_;
};

std::string_view mark(TaskState state) {
  switch (state) {
    case TaskState::done:
      return "✅ done";
    case TaskState::failed:
      return "❌ failed";
    case TaskState::skipped:
      return "⏭️ skipped";
    case TaskState::cancelled:
      return "🚫 cancelled";
    case TaskState::running:
      return "🔄 running";
    case TaskState::backing_off:
      return "🔄 backing off";
    case TaskState::asking:
      return "❓ asking";
    case TaskState::ready:
    case TaskState::waiting:
      return "⏳ not started";
  }
  return "";
}

std::string_view mark(model::RequirementState state) {
  switch (state) {
    case model::RequirementState::completed:
      return "✅ completed";
    case model::RequirementState::failed:
      return "❌ failed";
    case model::RequirementState::blocked:
      return "⛔ blocked";
    case model::RequirementState::in_progress:
      return "🔄 in progress";
    case model::RequirementState::pending:
      return "⏳ pending";
  }
  return "";
}

std::string_view mark(const model::Report& report) {
  if (report.cut_off) return "⏸️";
  if (is_void(report)) return "⏭️";
  switch (report.state) {
    case model::RunState::finished:
      return is_good(report) ? "✅" : "❌";
    case model::RunState::failed:
    case model::RunState::aborted:
      return "❌";
    case model::RunState::stopped:
      return "⏸️";
    case model::RunState::running:
      return "🔄";
  }
  return "";
}

std::string span(std::string_view bytes) {
  return code_span(bytes, Place::paragraph);
}
std::string cell(std::string_view bytes, std::size_t width = 120) {
  return code_span(bytes, Place::table, width);
}

// An address that is known to be one, so that it can be followed.
std::string link(std::string_view address) {
  const bool is_plain = std::all_of(address.begin(), address.end(), [](char c) {
    return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == ':' || c == '/' || c == '.' ||
           c == '-' || c == '_';
  });
  const bool is_web = address.starts_with("https://") || address.starts_with("http://");
  return is_plain && is_web ? fmt::format("<{}>", address) : span(address);
}

std::string files(std::uint32_t count) {
  return fmt::format("{} {}", count, count == 1 ? "file" : "files");
}

std::string_view how_long(const model::Report& report) {
  if (report.cut_off) return "was cut off after";
  return report.state == model::RunState::running ? "has been going on for" : "took";
}

void write_delivery(Page& page, const model::DeliveryReport& delivery) {
  if (delivery.branch.empty()) return;
  const auto commit = [](ObjectId id) { return span(id.hex().substr(0, 12)); };
  page.add(fmt::format("\nThe result is on {}, commit {}: {}, +{} -{} lines.\n", span(delivery.branch),
                       commit(delivery.commit), files(delivery.files), delivery.added, delivery.removed));
  switch (delivery.standing.value_or(model::BranchStanding::as_delivered)) {
    case model::BranchStanding::as_delivered:
      return;
    case model::BranchStanding::rolled_back:
      page.add(fmt::format("It was rolled back since: the branch is at {}.\n", commit(delivery.tip)));
      return;
    case model::BranchStanding::moved:
      page.add(fmt::format("The branch has moved since: it is at {}.\n", commit(delivery.tip)));
      return;
    case model::BranchStanding::gone:
      page.add("The branch is gone since.\n");
      return;
  }
}

void write_gate(Page& page, const model::GateReport& gate) {
  page.add(fmt::format("\nGate {}: {}.\n", gate.passed ? "passed" : "failed", describe(gate)));
  for (const std::string& remark : gate.remarks)
    page.add(fmt::format("\n> not judged: {}\n", escape_prose(remark)), 0.25);
}

void write_head(Page& page, const model::Report& report) {
  page.add(fmt::format("# {} {}: {}\n\n", mark(report), escape_prose(report.workflow), verdict(report)));
  for (const std::string& reason : report.reasons)
    page.add(fmt::format("- {}\n", escape_prose(reason)), 0.2);
  if (!report.reasons.empty()) page.add("\n");

  const Efficiency figures = efficiency(report);
  page.add(fmt::format("Run {} {} {} with up to {} attempts at once", span(report.run), how_long(report),
                       base::describe_duration(figures.wall), report.parallel));
  if (figures.speed_up > 1.05)
    page.add(fmt::format(
        ": {:.1f} times as fast as one by one ({}), {:.0f} % of what the graph allows, {} tasks/s",
        figures.speed_up, base::describe_duration(figures.one_by_one), figures.parallel_efficiency * 100,
        describe_rate(figures.tasks_per_second)));
  page.add(".\n");
  if (report.cut_off)
    page.add(fmt::format("No process drives it; {} goes on.\n", span("fleet resume " + report.run)));
  if (report.resumed > 0)
    page.add(fmt::format("It was resumed {}.\n",
                         report.resumed == 1 ? "once" : fmt::format("{} times", report.resumed)));
  if (report.budget)
    page.add(fmt::format("Of {} by {}, {} are spent.\n",
                         escape_prose(model::describe_usd(report.budget->limit)), span("limits.cost"),
                         escape_prose(model::describe_usd(report.budget->booked))));
  write_delivery(page, report.delivery);
  if (!report.delivery.pull_request.empty())
    page.add(fmt::format("\nIt is proposed in {}.\n", link(report.delivery.pull_request)));
  if (!report.delivery.patch.empty())
    page.add(fmt::format("\nThe patch {} makes it.\n", span(report.delivery.patch)));
  if (report.gate) write_gate(page, *report.gate);
  for (const std::string& note : report.notes)
    page.add(fmt::format("\n> {}\n", escape_prose(note)), 0.25);
}

std::string task_row(const TaskReport& task) {
  const std::string title = task.title == task.id ? "" : "<br>" + escape_prose(task.title, 80);
  const model::Outcome none;
  const model::Outcome& last =
      task.attempts.empty() || !task.attempts.back().outcome ? none : *task.attempts.back().outcome;
  const std::string& why = task.reason.empty() ? last.summary : task.reason;
  return fmt::format("| {}{} | {} | {} | {} | {} | {} | {} |\n", cell(task.id), title,
                     escape_prose(task.kind, 20), mark(task.state), task.attempts.size(),
                     task.attempts.empty() ? "" : base::describe_duration(task.took()),
                     task.state == TaskState::done && last.changes > 0 ? files(last.changes) : "",
                     escape_prose(why, 200));
}

void write_tasks(Page& page, const model::Report& report) {
  page.add(
      "\n## Tasks\n\n| Task | Kind | State | Attempts | Time | Changes | |\n| --- | --- | --- | --: | --: | "
      "--: | --- |\n");
  for (std::size_t i = 0; i < report.tasks.size(); ++i) {
    if (!page.add(task_row(report.tasks[i]), 0.5)) return page.cut(report.tasks.size() - i, "tasks are");
  }
}

void write_conflicts(Page& page, const model::Report& report) {
  if (report.conflicts.empty()) return;
  page.add("\n## Conflicts\n\n| Lost | Won | Paths | Decision |\n| --- | --- | --- | --- |\n");
  for (std::size_t i = 0; i < report.conflicts.size(); ++i) {
    const model::ConflictReport& conflict = report.conflicts[i];
    std::string paths;
    for (std::size_t p = 0; p < std::min(conflict.paths.size(), kMaxPaths); ++p)
      paths += (p == 0 ? "" : "<br>") + cell(conflict.paths[p], 200);
    if (conflict.paths.size() > kMaxPaths)
      paths += fmt::format("<br>and {} more", conflict.paths.size() - kMaxPaths);
    const std::string row = fmt::format("| {} | {} | {} | {} |\n", cell(conflict.loser),
                                        cell(conflict.winner), paths, escape_prose(conflict.decision));
    if (!page.add(row, 0.6)) return page.cut(report.conflicts.size() - i, "conflicts are");
  }
}

void write_agents(Page& page, const model::Report& report) {
  if (report.agents.empty()) return;
  page.add(
      "\n## Agents\n\n| Agent | Model | Attempts | Done | Time | Tokens | Cost |\n"
      "| --- | --- | --: | --: | --: | --- | --: |\n");
  for (std::size_t i = 0; i < report.agents.size(); ++i) {
    const model::AgentReport& agent = report.agents[i];
    std::string models;
    for (std::size_t m = 0; m < std::min(agent.models.size(), kMaxPaths); ++m)
      models += (m == 0 ? "" : ", ") + cell(agent.models[m]);
    const std::string row = fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", cell(agent.agent), models,
                                        agent.attempts, agent.done, base::describe_duration(agent.wall),
                                        describe_tokens(agent.cost), escape_prose(describe_usd(agent.cost)));
    if (!page.add(row, 0.7)) return page.cut(report.agents.size() - i, "agents are");
  }
}

void write_requirements(Page& page, const model::Report& report) {
  if (report.requirements.empty()) return;
  page.add("\n## Requirements\n\n| Requirement | | State | | Tasks |\n| --- | --- | --- | --: | --- |\n");
  for (std::size_t i = 0; i < report.requirements.size(); ++i) {
    const model::RequirementReport& requirement = report.requirements[i];
    std::string tasks;
    for (std::size_t t = 0; t < std::min(requirement.tasks.size(), kMaxPaths); ++t)
      tasks += (t == 0 ? "" : ", ") + cell(requirement.tasks[t]);
    if (requirement.tasks.size() > kMaxPaths)
      tasks += fmt::format(" and {} more", requirement.tasks.size() - kMaxPaths);
    const std::string row = fmt::format("| {} | {} | {} | {} % | {} |\n", cell(requirement.requirement.id),
                                        escape_prose(requirement.requirement.text), mark(requirement.state),
                                        requirement.percent, tasks);
    if (!page.add(row, 0.7)) return page.cut(report.requirements.size() - i, "requirements are");
  }
}

std::string_view shape_of(TaskState state) {
  switch (state) {
    case TaskState::done:
      return "done";
    case TaskState::failed:
      return "failed";
    case TaskState::skipped:
    case TaskState::cancelled:
      return "skipped";
    default:
      return "open";
  }
}

// Empty when it is too large to be drawn.
std::string diagram(const std::vector<TaskReport>& tasks) {
  if (tasks.size() > kMaxDrawnTasks) return "";
  std::unordered_map<std::string_view, std::size_t> place;
  for (std::size_t i = 0; i < tasks.size(); ++i)
    place.emplace(tasks[i].id, i);
  std::string out = "flowchart TD\n";
  std::size_t edges = 0;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::string_view sign = mark(tasks[i].state);
    out += fmt::format("  t{}[\"{} {}\"]:::{}\n", i, sign.substr(0, sign.find(' ')),
                       text::mermaid_label(tasks[i].id), shape_of(tasks[i].state));
    for (const std::string& need : tasks[i].needs) {
      const auto from = place.find(need);
      if (from == place.end()) continue;
      ++edges;
      out += fmt::format("  t{} --> t{}\n", from->second, i);
    }
  }
  out +=
      "  classDef done stroke:#1a7f37,stroke-width:2px\n"
      "  classDef failed stroke:#cf222e,stroke-width:3px\n"
      "  classDef skipped stroke-dasharray:4\n"
      "  classDef open stroke:#9a6700\n";
  return edges > kMaxDrawnEdges || out.size() > kMaxDiagram ? "" : out;
}

void write_graph(Page& page, const model::Report& report) {
  if (report.tasks.empty()) return;
  const std::string drawn = diagram(report.tasks);
  if (drawn.empty() || !page.add("\n## Graph\n\n```mermaid\n" + drawn + "```\n", 0.75))
    page.add(
        "\n## Graph\n\nIt has too many tasks or edges to be drawn here; `fleet plan --format dot` writes "
        "it.\n");
}

std::string program_end(const model::ProgramEnd& program) {
  const std::string how = program.signal        ? fmt::format("signal {}", *program.signal)
                          : program.exit_status ? fmt::format("exit {}", *program.exit_status)
                                                : "did not end";
  return fmt::format("- {}: {}\n", span(program.command), how);
}

// Of an attempt that ended.
std::string attempt_details(const std::string& run, const TaskReport& task,
                            const model::AttemptReport& attempt) {
  const model::Outcome& outcome = *attempt.outcome;
  std::string out =
      fmt::format("\n<details><summary>{} attempt {}: {} after {}</summary>\n\n", html_text(task.id),
                  attempt.number, base::name_of(outcome.verdict), base::describe_duration(attempt.took()));
  if (!outcome.reason.empty()) out += escape_prose(outcome.reason) + "\n\n";
  for (const model::ProgramEnd& program : outcome.programs)
    out += program_end(program);
  if (!outcome.programs.empty()) out += "\n";
  const std::string& output = outcome.output_tail.empty() ? outcome.output_head : outcome.output_tail;
  if (!output.empty()) {
    if (output.size() < outcome.output_size)
      out += fmt::format("The {} of {} bytes of output", outcome.output_tail.empty() ? "start" : "end",
                         outcome.output_size) +
             (outcome.log.empty()
                  ? ":\n\n"
                  : fmt::format("; {} prints all of it:\n\n", span("fleet show " + run + " " + task.id)));
    out += fenced(output) + "\n";
  }
  return out + "</details>\n";
}

void write_failures(Page& page, const model::Report& report) {
  std::size_t left_out = 0;
  bool has_heading = false;
  for (const TaskReport& task : report.tasks) {
    for (const model::AttemptReport& attempt : task.attempts) {
      if (!attempt.outcome || attempt.outcome->verdict == model::Verdict::done) continue;
      if (!has_heading) has_heading = page.add("\n## What went wrong\n");
      if (left_out > 0 || !page.add(attempt_details(report.run, task, attempt))) ++left_out;
    }
  }
  if (left_out > 0) page.cut(left_out, "attempts are");
}

}  // namespace

std::string to_markdown(const model::Report& report, std::size_t limit) {
  Page page(limit);
  write_head(page, report);
  write_tasks(page, report);
  write_conflicts(page, report);
  write_agents(page, report);
  write_requirements(page, report);
  write_graph(page, report);
  write_failures(page, report);
  page.add(
      fmt::format("\n_fleet {}, workflow {}_\n", escape_prose(report.version), span(report.workflow_path)));
  return page.take();
}

}  // namespace fleet::report
