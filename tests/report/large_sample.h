#pragma once

#include <fmt/format.h>

#include <random>
#include <string>

#include "model/analysis_report.h"
#include "report/build.h"
#include "report/html.h"
#include "report/sample.h"

// Runs as large as they come.
namespace fleet::report {

struct LargeRun {
  model::Report report;
  model::AnalysisReport analysis;
  std::vector<RunMark> runs;
};

// What the 64 KiB of output of an attempt look like: as much as an attempt's outcome keeps.
inline std::string some_output(int seed, std::size_t bytes) {
  std::string out;
  for (int line = 0; out.size() < bytes; ++line)
    out += fmt::format("[{:>4}] src/module{}/file{}.ts({},{}): warning: \"value\" <T> is never read\n", line,
                       seed % 40, line % 97, line * 7 % 400, line % 80);
  return out.substr(0, bytes);
}

// Layers of tasks that need some of the layer before; a tenth of them tried twice, a few that failed.
inline LargeRun large_run(std::size_t tasks, std::size_t findings) {
  using model::TaskState;
  using model::Verdict;
  LargeRun large;
  model::Report& report = large.report;
  report = sample();
  report.tasks.clear();
  report.conflicts.clear();
  report.reasons.clear();
  report.parallel = 32;
  std::mt19937 random(7);  // NOLINT: the same each time
  std::vector<double> free_from(32, 0.0);
  for (std::size_t i = 0; i < tasks; ++i) {
    const auto level = static_cast<std::uint32_t>(i * 8 / tasks);
    auto next = task(fmt::format("package-{:04}.step-{}", i, level), i % 3 == 0 ? "agent" : "run",
                     i % 71 == 5 ? TaskState::failed : TaskState::done);
    next.index = {static_cast<std::uint32_t>(i)};
    next.title = fmt::format("Step {} of package {}", level, i);
    next.level = level;
    const std::size_t first = level == 0 ? 0 : (i - tasks / 8);
    for (std::size_t k = 0; level > 0 && k < 3; ++k)
      next.needs.push_back(report.tasks[first - std::min(first, k * 11 + random() % 7)].id);
    const int attempts = i % 10 == 0 || next.state == TaskState::failed ? 2 : 1;
    for (int number = 1; number <= attempts; ++number) {
      double& worker = free_from[random() % 32];
      const double took = 0.5 + static_cast<double>(random() % 900) / 10;
      const bool good = number == attempts && next.state == TaskState::done;
      auto one = attempt(number, worker, worker + took, good ? Verdict::done : Verdict::failed,
                         good ? "" : "`npm test` ended with exit 1", 12, good ? "changed 12 files" : "");
      worker += took + 0.2;
      model::Outcome& outcome = *one.outcome;
      outcome.output_head = some_output(static_cast<int>(i), 16 << 10);
      outcome.output_tail = some_output(static_cast<int>(i) + 1, 16 << 10);
      outcome.output_size = 80 << 10;
      outcome.programs = {{"npm test", good ? 0 : 1, std::nullopt}};
      for (int path = 0; path < 12; ++path)
        outcome.paths.push_back(fmt::format("packages/package-{:04}/src/file{}.ts", i, path));
      if (next.kind == "agent")
        by(one, i % 2 == 0 ? "coder" : "reviewer", "claude-sonnet-5",
           {model::Tokens{2'000 + i, 30'000, 900, 800 + i % 300}, 0.02 + static_cast<double>(i % 9) / 100});
      next.attempts.push_back(std::move(one));
    }
    if (next.state == TaskState::failed) next.reason = "`npm test` ended with exit 1";
    report.tasks.push_back(std::move(next));
  }
  report.finished = at(*std::max_element(free_from.begin(), free_from.end()));
  complete(report, sample_plan());

  large.analysis.version = report.version;
  large.analysis.files = 900;
  large.analysis.scores = model::Scores{81.2, 64.9, 90.3, 71.5, 77};
  large.analysis.duplication = 3.4;
  for (int rule = 0; rule < 40; ++rule)
    large.analysis.rules.push_back({fmt::format("typescript.rule-{}", rule),
                                    "fleet",
                                    static_cast<model::Severity>(rule % 3),
                                    model::Confidence::high,
                                    fmt::format("What rule {} looks for is here", rule),
                                    "It makes the code hard to trust when it is changed.",
                                    "Use what the language has for it.",
                                    {"CWE-79"},
                                    "A03:2021"});
  for (std::size_t i = 0; i < findings; ++i) {
    const auto& rule = large.analysis.rules[i % large.analysis.rules.size()];
    model::Finding finding;
    finding.rule = rule.id;
    finding.severity = rule.severity;
    finding.confidence = rule.confidence;
    finding.message = i % 2 == 0 ? rule.message : fmt::format("`value{}` goes into a query as it is", i);
    finding.path = fmt::format("packages/package-{:04}/src/file{}.ts", i % tasks, i % 12);
    finding.at = {static_cast<std::uint32_t>(i % 300 + 1), 3, static_cast<std::uint32_t>(i % 300 + 1), 40};
    finding.symbol = fmt::format("Class{}.method", i % 50);
    finding.excerpt = "const rows = await db.query(`select * from t where id = ${value}`);";
    finding.fingerprint = fmt::format("{:032x}", i);
    finding.is_known = i % 9 == 0;
    if (i % 25 == 0)
      finding.flow = {{finding.path, {3, 1, 3, 9}, "read from the request"},
                      {finding.path, finding.at, "part of a query"}};
    large.analysis.findings.push_back(std::move(finding));
  }
  for (int i = 0; i < 24; ++i)
    large.runs.push_back({i == 0 ? report.run : fmt::format("r-{}", 90 - i),
                          i % 7 == 3 ? model::RunState::failed : model::RunState::finished,
                          report.started - std::chrono::hours(i * 20),
                          std::chrono::seconds(150 + i * 37 % 90)});
  return large;
}

}  // namespace fleet::report
