#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dependencies/license_expression.h"
#include "model/workflow.h"

namespace fleet::dependencies {

using model::LicensePolicy;

enum class LicenseVerdict { allowed, unknown, not_allowed, denied };  // from good to bad

// OR is as good as its best part, AND as bad as its worst. `GPL-2.0` is `GPL-2.0-only`, and `GPL-2.0+` is
// `GPL-2.0-or-later`. An unlisted id is unknown unless an entry names it.
[[nodiscard]] LicenseVerdict judge_license(const LicenseExpression& expression, const LicensePolicy& policy);

// An Error for an entry that can match nothing.
[[nodiscard]] Result<> check_policy(const LicensePolicy& policy);

}  // namespace fleet::dependencies
