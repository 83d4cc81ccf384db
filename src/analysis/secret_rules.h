#pragma once

#include <span>
#include <vector>

#include "analysis/built_in_rules.h"
#include "analysis/secret_rule.h"
#include "model/diagnostic.h"

namespace fleet::analysis {

struct SecretRules {
  std::vector<SecretRule> rules;
  model::Diagnostics diagnostics;  // with any of them the rules are not to be used
};

// Rules that tests have read are trusted: their examples are left out and their expressions not looked at,
// which takes half the time.
enum class SecretReading { check, trust };

// Reads the files among `files` whose path begins with `secrets/`:
//
//   rules:
//     - id: secrets.github-token
//       provider: GitHub
//       message: A GitHub personal access token
//       keywords: [ghp_]
//       regex: ghp_[0-9A-Za-z]{36}\b
//       context: keyword         # or near (with `before`), or assigned; see SecretPlace
//       checksum: github-crc     # see SecretCheck
//       entropy: 3
//       confidence: high
//       severity: error
//       examples: {match: [[ghp_, ...]], no-match: [...]}
//
// The value is the group `secret`, else the first one, else the whole match. An example may be a list, whose
// items are joined, so that no scanner takes the file for one with secrets in it.
[[nodiscard]] SecretRules read_secret_rules(std::span<const BuiltInFile> files, SecretReading reading);

}  // namespace fleet::analysis
