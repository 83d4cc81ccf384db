#pragma once

#include <string_view>

#include "analysis/secret_rule.h"

namespace fleet::analysis {

enum class SecretCheckResult {
  fits,
  wrong_sum,  // the shape is right, and the checksum is not that of the rest
  unlike,     // it is not what the rule looks for
  known,      // it is an example that documentation uses
  weak,       // it may be a secret: less likely than the rule has it
};

// What the check of a rule says of a value. Pure; any thread; time linear in the value.
[[nodiscard]] SecretCheckResult check_secret(SecretCheck check, std::string_view value);

}  // namespace fleet::analysis
