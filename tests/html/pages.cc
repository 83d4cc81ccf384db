// Writes the pages that page.mjs opens.
//
// usage: html_pages FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "report/findings_sample.h"
#include "report/html.h"
#include "report/large_sample.h"
#include "report/sample.h"

namespace fleet::report {
namespace {

// Text that would mean something elsewhere: to a browser, to a CI system, to a forge, to a reader of one
// direction.
std::string hostile_text(int number) {
  return "</script><script>window.evil" + std::to_string(number) +
         "=1</script><img src=x onerror=window.evil=1>--><!--<script> ::set-output name=a::b\n##[error]x "
         "@everyone `code` ${x} {{x}} \xe2\x80\xaegnp.exe\xe2\x81\xa9 \x1b[31mred \xff\xfe&lt;b&gt; "
         "javascript:alert(1) \" ' \\ \xe2\x80\xa8 end";
}

model::Report hostile_run() {
  model::Report report = sample();
  int number = 0;
  const auto evil = [&] { return hostile_text(++number); };
  report.workflow = report.run = report.workflow_path = report.version = evil();
  report.delivery.branch = evil();
  report.notes = {evil(), evil()};
  report.reasons = {evil(), "build failed: " + evil()};
  for (model::TaskReport& task : report.tasks) {
    task.title = evil();
    task.description = evil();
    task.reason = evil();
    for (model::AttemptReport& attempt : task.attempts) {
      model::Outcome& outcome = *attempt.outcome;
      outcome.reason = outcome.summary = evil();
      outcome.output_head = evil() + std::string(1 << 20, 'x') + "\n";
      outcome.output_tail = std::string(1 << 20, '<') + "\n</script><script>window.evil=2</script>" + evil();
      outcome.output_size = 3 << 20;
      outcome.programs = {{evil(), 1, std::nullopt}};
      outcome.paths = {evil(), "../../etc/passwd", std::string(5000, 'p')};
      outcome.changes = 3;
      outcome.notes = {evil()};
      if (outcome.agent) outcome.agent->agent = outcome.agent->model = evil();
    }
  }
  report.tasks[0].id = evil();
  report.tasks[7].id = "__proto__";
  report.agents = agents(report.tasks);
  report.conflicts = {{evil(), "lighting", {evil()}, evil()}};
  for (model::RequirementReport& requirement : report.requirements) {
    requirement.requirement.id = requirement.requirement.text = evil();
    requirement.tasks = {evil(), "build"};
  }
  return report;
}

model::Report gated_run() {
  model::Report report = sample();
  report.tasks[3].forecast = std::chrono::seconds(44);
  report.tasks[5].forecast = std::chrono::seconds(31);
  for (model::TaskReport& task : report.tasks) {
    for (model::AttemptReport& attempt : task.attempts) {
      if (attempt.outcome->changes > 0)
        attempt.outcome->paths = {"src/scene.ts", "src/index.ts", "src/a b/\xc3\xa4.py"};
    }
  }
  std::uint32_t level[] = {0, 1, 1, 1, 1, 2, 3, 1};
  for (std::size_t i = 0; i < report.tasks.size(); ++i)
    report.tasks[i].level = level[i];
  for (const int i : {0, 2, 5})
    report.tasks[static_cast<std::size_t>(i)].critical = true;
  add_gate(report, {false, {"2 new findings"}, 1, 1, 0, 14, 7, 79.9, {"install.sh: it is too large"}});
  return report;
}

// Each task needs the one before.
model::Report chain(std::uint32_t tasks) {
  model::Report report = void_run();
  report.tasks.clear();
  for (std::uint32_t i = 0; i < tasks; ++i) {
    std::vector<std::string> needs;
    if (i > 0) needs.push_back(report.tasks.back().id);
    report.tasks.push_back(
        task("step-" + std::to_string(i), "run", model::TaskState::done, std::move(needs)));
    report.tasks.back().level = i;
  }
  return report;
}

// One task that all others need, and one that needs them all.
model::Report star(std::size_t tasks) {
  model::Report report = void_run();
  report.tasks = {task("first", "run", model::TaskState::done)};
  std::vector<std::string> needs;
  for (std::size_t i = 2; i < tasks; ++i) {
    report.tasks.push_back(task("cell-" + std::to_string(i), "run", model::TaskState::done, {"first"}));
    report.tasks.back().level = 1;
    needs.push_back(report.tasks.back().id);
  }
  report.tasks.push_back(task("last", "run", model::TaskState::failed, std::move(needs)));
  report.tasks.back().level = 2;
  return report;
}

std::vector<RunMark> some_runs(const model::Report& report) {
  std::vector<RunMark> runs{{report.run, report.state, report.started, report.finished - report.started}};
  for (int i = 1; i < 12; ++i)
    runs.push_back({"r-" + std::to_string(80 - i),
                    i % 5 == 2 ? model::RunState::failed : model::RunState::finished,
                    report.started - std::chrono::hours(i * 22), std::chrono::seconds(120 + i * 53 % 70)});
  return runs;
}

model::AnalysisReport scored_findings() {
  model::AnalysisReport analysis = findings_sample();
  analysis.scores = model::Scores{91.4, 62, 88.5, 71.2, 79.9};
  analysis.duplication = 4.2;
  return analysis;
}

void write_pages(const std::filesystem::path& folder) {
  const auto write = [&](const char* name, const std::string& page) {
    std::ofstream(folder / name, std::ios::binary) << page;
    std::printf("%s: %zu bytes\n", name, page.size());
  };
  const model::AnalysisReport analysis = scored_findings(), evil = hostile_findings();
  const model::Report gated = gated_run();
  write("sample.html", to_html(gated, {&analysis, some_runs(gated)}));
  write("empty.html", to_html({}));
  write("void.html", to_html(void_run()));
  write("chain.html", to_html(chain(2000)));
  write("short-chain.html", to_html(chain(120)));
  write("star.html", to_html(star(2000)));
  write("hostile.html", to_html(hostile_run(), {&evil, {{hostile_text(0), {}, {}, {}}, {"r", {}, {}, {}}}}));
  const LargeRun large = large_run(2000, 5000);
  write("large.html", to_html(large.report, {&large.analysis, large.runs}));
}

}  // namespace
}  // namespace fleet::report

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: html_pages FOLDER\n", stderr);
    return 2;
  }
  fleet::report::write_pages(words[1]);
}
