#include "agents/agent_key.h"

#include "agents/cli_program.h"
#include "agents/model_api.h"

namespace fleet::agents {

std::string key_variable(const model::SingleAgent& agent) {
  if (!agent.key.empty()) return agent.key;
  if (const CliProgram* program = cli_program(agent.use)) return std::string(program->key_variable);
  // A key goes where it belongs: elsewhere, the workflow has to say which.
  if (const ModelApi* api = model_api(agent.use); api && agent.url.empty())
    return std::string(api->key_variable);
  return {};
}

}  // namespace fleet::agents
