#pragma once

#include <string>
#include <vector>

#include "dependencies/database.h"
#include "dependencies/dependency.h"
#include "dependencies/license_policy.h"
#include "model/finding.h"

// Inside judge.cc: from what is known of dependencies to findings.
namespace fleet::dependencies {

struct Judged {
  model::Finding finding;
  const Dependency* dependency = nullptr;
  std::string about;              // the advisory, or the licence: what stays when the version changes
  std::vector<std::string> also;  // what else that is called
};

struct Judgement {
  std::vector<Judged> judged;  // by path, line, rule and message, with fingerprints
  model::Diagnostics remarks;
};

// `dependencies` are sorted by path, and must outlive what is returned.
[[nodiscard]] Judgement judge_dependencies(const std::vector<Dependency>& dependencies,
                                           const Database& database, const LicensePolicy& policy);

}  // namespace fleet::dependencies
