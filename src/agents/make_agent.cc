#include "agents/api_agent.h"
#include "agents/cli_agent.h"
#include "agents/codemod_agent.h"
#include "agents/command_agent.h"

namespace fleet::agents {

Result<std::unique_ptr<Agent>> make_agent(const Assignment& assignment) {
  const model::TaskSpec& spec = assignment.task.spec;
  if (const auto* command = std::get_if<model::Command>(&spec.work)) {
    FLEET_TRY(ReadyCommand ready_command, ready(*command, assignment.render));
    return std::make_unique<CommandAgent>(std::move(ready_command));
  }
  if (const auto* codemod = std::get_if<model::Codemod>(&spec.work)) {
    return CodemodAgent::create(*codemod, spec.reads);
  }
  if (assignment.who != nullptr) {
    if (const CliProgram* program = cli_program(assignment.who->use))
      return CliAgent::create(assignment, *program);
    if (const ModelApi* api = model_api(assignment.who->use)) return ApiAgent::create(assignment, *api);
  }
  // Refused before a run starts (workflow/unsupported.h); a run from elsewhere may still hold one.
  return base::fail_input("run", assignment.task.id, "this build has no such agent",
                          "use a program such as claude-code, or a provider such as anthropic");
}

}  // namespace fleet::agents
