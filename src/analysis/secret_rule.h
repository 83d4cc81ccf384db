#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "model/finding.h"

namespace fleet::analysis {

// Where the value of a rule stands.
enum class SecretPlace {
  keyword,   // it, or what is around it in the expression, begins with a keyword: `ghp_...`
  near,      // anywhere near a keyword, up to `before` bytes before it
  assigned,  // a name in which a keyword is stands before it: `datadog_api_key = "..."`
};

// What is checked of the value besides its shape. The CRCs lower the confidence where they fail (the last
// characters may have been altered), the others are part of the shape: where one fails, nothing is found.
enum class SecretCheck {
  none,
  github_crc,   // the last 6 characters are the CRC-32 of those between prefix and them, in base 62
  grafana_crc,  // the last 8 digits are the CRC-32 of what is before them
  npm_crc,      // as GitHub's
  jwt,          // header and payload are JSON in base64, and the header names an algorithm
  base64,       // it can be decoded
  base64_pair,  // it decodes to `name:password`
  base64_json,  // it decodes to a JSON object
  macaroon,     // it decodes to a macaroon
  random,       // looks like drawn at random: not words, a path, a name
  key,          // that, a UUID, or something short that is well mixed
  password,     // may be what a person chose, or drew: not a word, a name, code
};

// Names that hold a keyword and yet name something else: `password_label`, `tokenType`. What they are given
// is found with low confidence.
struct SecretOtherNames {
  std::vector<std::string> before;  // whole words of the name before the keyword: `public`
  std::vector<std::string> after;   // beginnings of its words behind it: `expir`
};

// The rule of a finding that says that a search was cut off.
inline constexpr std::string_view kUnfinishedSecrets = "secrets.unfinished";

// One kind of secret; read from rules/secrets/ (secret_rules.h).
struct SecretRule {
  std::string id;        // `secrets.github-token`
  std::string provider;  // `GitHub`
  std::string message;   // what is found, as the beginning of a sentence: `A GitHub personal access token`
  std::vector<std::string> keywords;  // in lower case
  std::string regex;                  // RE2
  SecretPlace place = SecretPlace::keyword;
  std::size_t before = 0;         // bytes that the expression may begin before the keyword
  std::size_t after = 320;        // bytes behind the keyword's beginning that are looked at
  std::optional<double> entropy;  // least bits a character of the value
  SecretCheck check = SecretCheck::none;
  SecretOtherNames other_names;  // of SecretPlace::assigned
  bool is_generic = false;       // of no provider: any other rule is more exact
  bool may_have_words = false;   // values such as `test` and `example` in it are no reason to pass it over
  model::Severity severity = model::Severity::error;
  model::Confidence confidence = model::Confidence::high;
  std::vector<std::string> examples;          // in each of them it is found
  std::vector<std::string> counter_examples;  // in none of them
};

}  // namespace fleet::analysis

namespace fleet {
FLEET_ENUM_NAMES(analysis::SecretPlace, "keyword", "near", "assigned");
FLEET_ENUM_NAMES(analysis::SecretCheck, "none", "github-crc", "grafana-crc", "npm-crc", "jwt", "base64",
                 "base64-pair", "base64-json", "macaroon", "random", "key", "password");
}  // namespace fleet
