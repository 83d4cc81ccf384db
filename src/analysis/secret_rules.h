#pragma once

#include <span>
#include <vector>

#include "analysis/rule_file.h"
#include "analysis/secret_rule.h"
#include "model/diagnostic.h"

namespace fleet::analysis {

struct SecretRules {
  std::vector<SecretRule> rules;
  model::Diagnostics diagnostics;  // with any of them the rules are not to be used
};

// Reads files of rules for secrets, and says at once all that is wrong with them:
//
//   rules:
//     - id: secrets.github-token
//       provider: GitHub
//       message: A GitHub personal access token
//       keywords: [ghp_]
//       regex: ghp_[0-9A-Za-z]{36}\b
//       place: keyword           # or near (with `before`), or assigned; see SecretPlace
//       check: github-crc        # see SecretCheck
//       entropy: 3
//       other-names: {before: [public], after: [label]}  # see SecretOtherNames
//       confidence: high
//       severity: error
//       examples: {match: [[ghp_, ...]], no-match: [...]}
//
// The value is the group `secret`, else the first one, else the whole match. An example may be a list, whose
// items are joined, so that no scanner takes the file for one with secrets in it.
[[nodiscard]] SecretRules read_secret_rules(std::span<const RuleSource> files);

// Those that come with fleet.
[[nodiscard]] std::vector<SecretRule> read_built_in_secret_rules();
// Their files.
[[nodiscard]] std::vector<RuleSource> built_in_secret_files();

}  // namespace fleet::analysis
