#pragma once

#include <map>
#include <string>
#include <vector>

#include "agents/command_line.h"
#include "attempt/services.h"
#include "attempt/temporary_folders.h"
#include "model/plan.h"
#include "os/process.h"
#include "os/sandbox.h"

namespace fleet::attempt {

// Where one attempt works. Folders that it does not have are empty.
struct Places {
  std::string workspace;
  TemporaryFolder temporary;
  bool read_only = false;  // the workspace is shared by tasks that write nothing
};

// All that a program of the attempt finds in its environment: the small fixed rest, the workflow's and the
// task's `env`, the secrets the task names, and FLEET_*. Nothing of ours is inherited.
[[nodiscard]] Result<std::map<std::string, std::string>> environment(const Services& services,
                                                                     const model::PlannedTask& task,
                                                                     int attempt, const Places& places,
                                                                     const agents::Render& render);

// What the attempt's programs may touch (design of the sandbox: os/sandbox.h).
[[nodiscard]] os::SandboxRules sandbox_rules(const Services& services, const model::SandboxSpec& spec,
                                             const Places& places);

[[nodiscard]] os::ResourceLimits resource_limits(const model::SandboxSpec& spec);

}  // namespace fleet::attempt
