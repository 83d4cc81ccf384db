#include <fmt/format.h>

#include "base/enum_names.h"
#include "report/build.h"
#include "report/render.h"
#include "report/xml_text.h"

namespace fleet::report {
namespace {

using model::TaskReport;
using model::TaskState;

constexpr std::size_t kMostOutput = 64'000;  // bytes of one task
constexpr std::size_t kMostReason = 4'000;

double seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string_view end_of_text(std::string_view text, std::size_t most) {
  return text.substr(text.size() - std::min(text.size(), most));
}

// What became of its attempts, and the end of the last one's output.
std::string task_details(const TaskReport& task, bool with_output) {
  std::string text;
  for (const model::AttemptReport& attempt : task.attempts) {
    if (!attempt.outcome) continue;
    text += fmt::format("attempt {}: {} after {}", attempt.number, base::name_of(attempt.outcome->verdict),
                        base::describe_duration(attempt.took()));
    if (!attempt.outcome->reason.empty())
      text += fmt::format(": {}", std::string_view(attempt.outcome->reason).substr(0, kMostReason));
    text += '\n';
  }
  const model::Outcome* last =
      task.attempts.empty() || !task.attempts.back().outcome ? nullptr : &*task.attempts.back().outcome;
  if (last == nullptr) return text;
  if (!last->summary.empty())
    text += fmt::format("{}\n", std::string_view(last->summary).substr(0, kMostReason));
  const std::string& output = last->output_tail.empty() ? last->output_head : last->output_tail;
  if (with_output && !output.empty()) {
    text += "the end of its output:\n";
    text += end_of_text(output, kMostOutput);
  }
  return text;
}

struct JunitCase {
  std::string_view outcome;  // the element; empty: it passed
  std::string type, message;
};

JunitCase case_of(const TaskReport& task) {
  switch (task.state) {
    case TaskState::done:
      return {};
    case TaskState::failed: {
      const bool has_end = !task.attempts.empty() && task.attempts.back().outcome;
      const auto verdict = has_end ? task.attempts.back().outcome->verdict : model::Verdict::failed;
      return {"failure", std::string(base::name_of(verdict)), task.reason};
    }
    case TaskState::skipped:
    case TaskState::cancelled:
      return {"skipped", {}, task.reason.empty() ? std::string(base::name_of(task.state)) : task.reason};
    default:
      return {"error", std::string(base::name_of(task.state)), "it did not come to its end"};
  }
}

std::string written(const std::string& name, std::string_view classname, Duration took, const JunitCase& what,
                    std::string_view details) {
  std::string out = fmt::format("<testcase name=\"{}\" classname=\"{}\" time=\"{:.3f}\">", xml_text(name),
                                xml_text(classname), seconds(took));
  const std::string message = xml_text(std::string_view(what.message).substr(0, kMostReason));
  if (what.outcome == "skipped") {
    out += fmt::format("<skipped message=\"{}\"/>", message);
  } else if (!what.outcome.empty()) {
    out += fmt::format("<{} message=\"{}\" type=\"{}\">{}</{}>", what.outcome, message, xml_text(what.type),
                       xml_text(details, text::Newlines::keep), what.outcome);
  } else if (!details.empty()) {
    out += fmt::format("<system-out>{}</system-out>", xml_text(details, text::Newlines::keep));
  }
  return out + "</testcase>\n";
}

JunitCase case_of(const model::GateReport& gate) {
  return gate.passed ? JunitCase{} : JunitCase{"failure", "gate", describe(gate)};
}

std::string gate_details(const model::GateReport& gate) {
  std::string text;
  for (const std::vector<std::string>* lines : {&gate.failures, &gate.remarks}) {
    for (const std::string& line : *lines)
      text += line.substr(0, kMostReason) + "\n";
  }
  return text;
}

}  // namespace

std::string to_junit(const model::Report& report, std::size_t limit) {
  constexpr std::size_t kReserve = 4000;  // for what stands around the cases
  const std::string classname = report.workflow.empty() ? "fleet" : report.workflow;
  std::string cases;
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  const auto count = [&](const JunitCase& what) {
    ++tests;
    failures += what.outcome == "failure" ? 1 : 0;
    errors += what.outcome == "error" ? 1 : 0;
    skipped += what.outcome == "skipped" ? 1 : 0;
  };
  std::size_t without_output = 0;
  for (const TaskReport& task : report.tasks) {
    const JunitCase what = case_of(task);
    count(what);
    // Of one that passed, only what is remarkable: that it had to be tried again.
    const bool is_plain = what.outcome.empty() && task.attempts.size() < 2;
    std::string one = written(task.id, classname, task.took(), what,
                              is_plain ? "" : task_details(task, !what.outcome.empty()));
    // Room is left for the bare cases of all others.
    const std::size_t others = (report.tasks.size() - tests) * (kMostReason / 4);
    if (cases.size() + one.size() + others + kReserve > limit) {
      one = written(task.id, classname, task.took(), what, {});
      ++without_output;
    }
    cases += one;
  }
  if (report.gate) {
    const JunitCase what = case_of(*report.gate);
    count(what);
    cases += written("gate", classname, {}, what, gate_details(*report.gate).substr(0, limit / 10));
  }
  std::string said;
  for (const std::string& reason : report.reasons)
    said += reason.substr(0, kMostReason) + "\n";
  said.resize(std::min(said.size(), kReserve / 4));
  if (without_output > 0)
    said += fmt::format("the output of {} tasks is left out to stay below {} bytes\n", without_output, limit);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"{}\" tests=\"{}\" "
      "failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\" timestamp=\"{}\">\n",
      xml_text(report.run.empty() ? "fleet" : "fleet run " + report.run), tests, failures, errors, skipped,
      seconds(std::max(report.finished - report.started, Duration{})),
      base::format_time(report.started).substr(0, 19));
  out += cases;
  if (!said.empty()) out += "<system-out>" + xml_text(said, text::Newlines::keep) + "</system-out>\n";
  return out + "</testsuite>\n</testsuites>\n";
}

}  // namespace fleet::report
