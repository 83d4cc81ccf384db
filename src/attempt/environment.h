#pragma once

#include <filesystem>
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
[[nodiscard]] Result<std::map<std::string, std::string>> environment(
    const Services& services, const model::PlannedTask& task, int attempt, const Places& places,
    const std::vector<engine::NeedResult>& needs);

// What the attempt's programs may touch (design of the sandbox: os/sandbox.h).
[[nodiscard]] os::SandboxRules sandbox_rules(const Services& services, const model::SandboxSpec& spec,
                                             const Places& places);

// What a task's programs can do in `folder` to what they are not given: anything, where the sandbox is off,
// too weak, or opens it by `write`; learn its name, and so change its mode, where `read` opens it.
enum class Reach { anything, names, nothing };
[[nodiscard]] Result<Reach> reach_into(const std::filesystem::path& folder, const model::SandboxSpec& spec,
                                       const std::string& home);

[[nodiscard]] os::ResourceLimits resource_limits(const model::SandboxSpec& spec);

}  // namespace fleet::attempt
