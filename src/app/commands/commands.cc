#include "app/commands/commands.h"

#include <array>

namespace fleet::app {
namespace {

constexpr auto kCommands = std::to_array<Command>({
    {"run", "Run a workflow", "Example: fleet run --max-parallel 4 .fleet/workflow.yml", add_run},
    {"plan", "Show what would run, and what might clash", "Example: fleet plan --format mermaid", add_plan},
    {"resume", "Go on with a run where it stopped",
     "Example: fleet resume                 (the newest run)\n         fleet resume --from exported",
     add_resume},
    {"cancel", "Cancel a task of a run that is under way, or stop the run",
     "Example: fleet cancel 20261120-083112-k3f9 rename", add_cancel},
    {"export", "Write a run as a folder that another machine can resume",
     "Example: fleet export exported        (the newest run)\n         fleet export 20261120-083112-k3f9 "
     "exported",
     add_export},
    {"rollback", "Take a run, or one task and all that stands on it, out of its branch",
     "Example: fleet rollback 20261120-083112-k3f9 rename", add_rollback},
    {"status", "Show where a run stands", "Example: fleet status", add_status},
    {"runs", "List the runs of this repository", "Example: fleet runs --json", add_runs},
    {"show", "Show a run, or one of its tasks with its attempts and output",
     "Example: fleet show 20261120-083112-k3f9 rename", add_show},
    {"report", "Write the reports of a run again", "Example: fleet report 20261120-083112-k3f9 --to out",
     add_report},
    {"publish", "Say on a pull request how a run in another job went, by its reports",
     "Example: fleet publish fleet-report   (in a job on workflow_run)", add_publish},
    {"clean", "Delete the refs and files of a run that is finished and merged",
     "Example: fleet clean 20261120-083112-k3f9", add_clean},
    {"analyze", "Look for faults, secrets and bad metrics in the checkout, or in what has changed",
     "Example: fleet analyze --since origin/main --format sarif --output findings.sarif", add_analyze},
    {"rules", "List the rules of the analysis, or try them on their examples",
     "Example: fleet rules test .fleet/rules", add_rules},
    {"agents", "List the agents of the workflow: who is there, and how well they did; or test a plugin",
     "Example: fleet agents\n         fleet agents test mine", add_agents},
    {"init", "Write a first workflow for this repository", "Example: fleet init", add_init},
    {"action", "Run or resume as a step of GitHub Actions, by the inputs of action.yml",
     "Example: env INPUT_WORKFLOW=ci/fleet.yml INPUT_MAX-COST=5 fleet action", add_action},
});

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

}  // namespace fleet::app
