#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/report.h"
#include "report/build.h"

// A run as they happen: something is retried, something fails, something is skipped, two results clash.
namespace fleet::report {

inline TimePoint at(double seconds) {
  return TimePoint(std::chrono::seconds(1'790'000'000)) + Duration(static_cast<std::int64_t>(seconds * 1e6));
}

inline model::AttemptReport attempt(int number, double from, double until, model::Verdict verdict,
                                    std::string reason = {}, std::uint32_t changes = 0,
                                    std::string summary = {}) {
  model::AttemptReport out{number, at(from), at(until), {}};
  model::Outcome& outcome = out.outcome.emplace();
  outcome.verdict = verdict;
  outcome.reason = std::move(reason);
  outcome.summary = std::move(summary);
  outcome.changes = changes;
  outcome.usage.wall = out.took();
  outcome.usage.user_cpu = outcome.usage.wall / 2;
  outcome.usage.peak_memory = 64 << 20;
  return out;
}

inline model::TaskReport task(std::string id, std::string kind, model::TaskState state,
                              std::vector<std::string> needs = {}) {
  model::TaskReport out;
  out.id = std::move(id);
  out.title = out.id;
  out.kind = std::move(kind);
  out.state = state;
  out.needs = std::move(needs);
  return out;
}

// Who did an attempt, and what it took.
inline void by(model::AttemptReport& attempt, std::string agent, std::string model, model::Cost cost,
               std::optional<model::AgentFailure> failure = std::nullopt) {
  model::AgentUse& use = attempt.outcome->agent.emplace();
  use.agent = std::move(agent);
  use.model = std::move(model);
  use.session = "session-1";
  use.turns = 4;
  use.cost = std::move(cost);
  use.failure = failure;
  if (failure == model::AgentFailure::rate_limit) use.retry_after = std::chrono::seconds(30);
}

inline model::Plan sample_plan() {
  model::Plan plan;
  plan.workflow_name = "showroom-integration";
  plan.requirements = {{"REQ-001", "Materials render with PBR", {}, {}},
                       {"REQ-002", "The build stays under 2 MB", {}, {}},
                       {"REQ-003", "Documented", {}, {}}};
  return plan;
}

// A run whose only task was left out by its `if`.
inline model::Report void_run() {
  model::Report report;
  report.workflow = "nightly";
  report.state = model::RunState::finished;
  report.tasks = {task("publish", "run", model::TaskState::skipped)};
  report.tasks[0].reason = "its `if` does not hold";
  return report;
}

inline model::Report sample() {
  using model::TaskState;
  using model::Verdict;
  model::Report report;
  report.run = "r-20260922-1413-a1b2";
  report.workflow = "showroom-integration";
  report.workflow_path = ".fleet/workflow.yml";
  report.version = "0.1.0";
  report.state = model::RunState::failed;
  report.started = at(0);
  report.finished = at(154.2);
  report.parallel = 4;

  auto& tasks = report.tasks;
  tasks.push_back(task("setup", "run", TaskState::done));
  tasks.back().title = "Setup and validation";
  tasks.back().attempts = {attempt(1, 0.1, 12.4, Verdict::done)};
  tasks.push_back(task("rename", "codemod", TaskState::done, {"setup"}));
  tasks.back().attempts = {
      attempt(1, 12.4, 15.6, Verdict::done, "", 118, "replaced 412 places in 118 files")};
  tasks.push_back(task("materials.core", "agent", TaskState::done, {"setup"}));
  tasks.back().title = "materials (core)";
  tasks.back().implements = {"REQ-001"};
  tasks.back().attempts = {attempt(1, 12.4, 45, Verdict::no_change, "it had to change something and did not"),
                           attempt(2, 46, 92.4, Verdict::done, "", 4)};
  by(tasks.back().attempts[0], "grok", "grok-5", {}, model::AgentFailure::rate_limit);
  by(tasks.back().attempts[1], "coder", "claude-sonnet-5",
     {model::Tokens{1'200, 300'000, 4'000, 5'120}, 0.42});
  tasks.push_back(task("materials.viewer", "agent", TaskState::done, {"setup"}));
  tasks.back().implements = {"REQ-001"};
  tasks.back().attempts = {attempt(1, 12.4, 71, Verdict::done, "", 6)};
  by(tasks.back().attempts[0], "coder", "claude-opus-5", {model::Tokens{800, 0, 0, 90}, std::nullopt});
  tasks.push_back(task("lighting", "agent", TaskState::done, {"setup"}));
  tasks.back().attempts = {attempt(1, 15.6, 60.1, Verdict::done, "", 2),
                           attempt(2, 71.2, 98, Verdict::done, "", 2)};
  tasks.push_back(
      task("build", "run", TaskState::failed, {"rename", "materials.core", "materials.viewer", "lighting"}));
  tasks.back().reason = "`npm run build` ended with exit 2";
  tasks.back().implements = {"REQ-002"};
  tasks.back().attempts = {attempt(1, 98, 123, Verdict::failed, "`npm run build` ended with exit 2"),
                           attempt(2, 125, 154, Verdict::failed, "`npm run build` ended with exit 2")};
  for (model::AttemptReport& each : tasks.back().attempts) {
    each.outcome->programs = {{"npm run build", 2, std::nullopt}};
    each.outcome->output_tail =
        "src/index.ts:12:5 - error TS2304: Cannot find name 'PBR'.\n\n12     PBR.apply(scene);\n       ~~~\n";
    each.outcome->output_size = 18'211;
    each.outcome->log = "logs/build/1.log";
  }
  tasks.push_back(task("publish", "run", TaskState::skipped, {"build"}));
  tasks.back().reason = "build failed";
  tasks.push_back(task("docs", "run", TaskState::skipped, {"setup"}));
  tasks.back().reason = "its `if` is not met: changed('docs/**')";
  tasks.back().implements = {"REQ-003"};
  for (std::uint32_t i = 0; i < tasks.size(); ++i)
    tasks[i].index = {i};

  report.conflicts = {{"lighting",
                       "materials.viewer",
                       {"src/index.ts", "src/scene.ts"},
                       "lighting ran again on top of materials.viewer"}};
  report.delivery = {model::Delivery::branch,
                     "fleet/r-20260922-1413-a1b2",
                     *ObjectId::parse("1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d"),
                     model::BranchStanding::as_delivered,
                     {},
                     *ObjectId::parse("aaaabbbbccccddddeeeeffff0000111122223333"),
                     126,
                     840,
                     612,
                     "",
                     "",
                     ""};
  report.notes = {"the checkout has changes that are not committed: the run starts without them"};
  complete(report, sample_plan());
  return report;
}

}  // namespace fleet::report
