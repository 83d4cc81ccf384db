#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/secrets.h"

namespace fleet::analysis {

// A secret out of its parts, so that this repository holds none that a scanner could find.
inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts)
    text += part;
  return text;
}

inline std::vector<std::string> rules_found(std::string_view path, std::string_view bytes) {
  std::vector<std::string> rules;
  for (const model::Finding& finding : SecretScanner::built_in().scan(path, bytes))
    rules.push_back(finding.rule);
  return rules;
}

// What the default threshold shows.
inline std::vector<std::string> sure_rules_found(std::string_view path, std::string_view bytes) {
  std::vector<std::string> rules;
  for (const model::Finding& finding : SecretScanner::built_in().scan(path, bytes)) {
    if (finding.confidence != model::Confidence::low) rules.push_back(finding.rule);
  }
  return rules;
}

inline const std::string kGithubToken = joined({"ghp_", "zQWBuTSOoRi4A9spHcVY", "5ncnsDkxkJ0mLq17"});
inline const std::string kGithubTokenAltered = joined({"ghp_", "zQWBuTSOoRi4A9spHcVY", "5ncnsDkxkJ0mLq18"});
inline const std::string kAwsId = joined({"AKIA", "Y7PQ2MZK", "4RNV6TWC"});
inline const std::string kAwsSecret = joined({"q8Zt0/Lx3vNfG7cR", "yWm2+KpAj5BdHu9s", "E1iToX4k"});
inline const std::string kRandomHex = joined({"9f8c2e71b04d", "5a63e7f1c802", "b6d94a35"});

}  // namespace fleet::analysis
