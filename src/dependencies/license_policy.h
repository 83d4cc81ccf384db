#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dependencies/license_expression.h"
#include "model/workflow.h"

namespace fleet::dependencies {

// Which licences a project may depend on. An entry is an SPDX id, in any case; one with an exception
// (`GPL-2.0 WITH Classpath-exception-2.0`), which then is meant with that alone; or the beginning of ids and
// a star: `GPL-*`.
struct LicensePolicy {
  std::vector<std::string> allow;  // empty: all that is not denied
  std::vector<std::string> deny;   // goes before `allow`, but for an exception that is allowed
  std::optional<model::Severity>
      unknown;  // where a licence is not told or not understood; absent: no finding

  [[nodiscard]] bool judges() const { return !allow.empty() || !deny.empty() || unknown; }
};

enum class LicenseVerdict { allowed, unknown, not_allowed, denied };  // from good to bad

// OR is as good as its best part, AND as bad as its worst. `GPL-2.0` is `GPL-2.0-only`, and `GPL-2.0+` is
// `GPL-2.0-or-later`. An unlisted id is unknown unless an entry names it.
[[nodiscard]] LicenseVerdict judge_license(const LicenseExpression& expression, const LicensePolicy& policy);

// An Error for an entry that can match nothing.
[[nodiscard]] Result<> check_policy(const LicensePolicy& policy);

}  // namespace fleet::dependencies
