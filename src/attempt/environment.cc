#include "attempt/environment.h"

#include <algorithm>
#include <iterator>
#include <system_error>

namespace fleet::attempt {
namespace {

std::string expand_home(const std::string& path, const std::string& home) {
  const bool in_home = path == "~" || path.rfind("~/", 0) == 0;
  return in_home && !home.empty() ? home + path.substr(1) : path;
}

// One lies in the other, or they are the same.
bool overlap(const std::filesystem::path& a, const std::filesystem::path& b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto is_over = [](auto at, auto end) { return at == end || (at->empty() && std::next(at) == end); };
  return is_over(in_a, a.end()) || is_over(in_b, b.end());
}

}  // namespace

Result<std::map<std::string, std::string>> environment(const Services& services,
                                                       const model::PlannedTask& task, int attempt,
                                                       const Places& places,
                                                       const std::vector<engine::NeedResult>& needs) {
  std::map<std::string, std::string> env{
      {"PATH", services.path},
      {"HOME", places.temporary.home()},
      {"TMPDIR", places.temporary.tmp()},
      {"LANG", "C.UTF-8"},
      {"TERM", "dumb"},
      {"CI", "true"},
  };
  FLEET_TRY(const text::Context known, context(services.plan, task, needs, services.facts));
  for (const auto& [name, value] : known.roots.at("env").items())
    env[name] = value.get<std::string>();
  for (const model::Text& name : task.spec.secrets) {
    const auto secret = services.secrets.find(name.value);
    if (secret != services.secrets.end()) env[name.value] = secret->second;
  }
  env["FLEET_RUN"] = services.run;
  env["FLEET_TASK"] = task.id;
  env["FLEET_ATTEMPT"] = std::to_string(attempt);
  env["FLEET_WORKSPACE"] = places.workspace;
  env["FLEET_OUTPUT"] = places.temporary.output();
  env["FLEET_TMP"] = places.temporary.tmp();
  return env;
}

os::SandboxRules sandbox_rules(const Services& services, const model::SandboxSpec& spec,
                               const Places& places) {
  os::SandboxRules rules;
  rules.system = services.system_places;
  // Where the workspace's git finds its objects.
  const auto& objects = services.repository.object_folders();
  rules.read.assign(objects.begin(), objects.end());
  (places.read_only ? rules.read : rules.write).push_back(places.workspace);
  rules.mounted = places.read_only ? os::Access::read : os::Access::write;
  rules.write.push_back(places.temporary.path);
  for (const std::string& path : spec.read)
    rules.read.push_back(expand_home(path, services.home));
  for (const std::string& path : spec.write)
    rules.write.push_back(expand_home(path, services.home));
  rules.network = spec.network ? os::Network::on : os::Network::off;
  rules.user = services.user;
  rules.limits_processes = spec.processes.has_value();
  return rules;
}

Result<Reach> reach_into(const std::filesystem::path& folder, const model::SandboxSpec& spec,
                         const std::string& home) {
  if (spec.mode == model::SandboxMode::off) return Reach::anything;
  FLEET_TRY(const os::SandboxAbility ability, os::sandbox_ability());
  if (ability.landlock_abi < 3) return Reach::anything;  // files elsewhere could be truncated
  const auto opens = [&](const std::string& path) {
    std::error_code error;
    const auto real = std::filesystem::weakly_canonical(expand_home(path, home), error);
    return error || overlap(real, folder);
  };
  if (std::any_of(spec.write.begin(), spec.write.end(), opens)) return Reach::anything;
  return std::any_of(spec.read.begin(), spec.read.end(), opens) ? Reach::names : Reach::nothing;
}

os::ResourceLimits resource_limits(const model::SandboxSpec& spec) {
  os::ResourceLimits limits;
  limits.data_bytes = spec.memory;
  limits.file_bytes = spec.file_size;
  limits.processes = spec.processes;
  return limits;
}

}  // namespace fleet::attempt
