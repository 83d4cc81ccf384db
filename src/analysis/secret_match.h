#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/secret_checks.h"
#include "analysis/secret_rule.h"
#include "model/finding.h"

namespace fleet::analysis {

enum class SecretForm { plain, in_base64, in_parts };

// A value that a rule found. Holds it in the clear: it lives within one scan and is never printed.
struct SecretMatch {
  const SecretRule* rule = nullptr;
  std::size_t begin = 0, end = 0;  // in the file, of the value or of what hides it
  std::string value;
  model::Confidence confidence = model::Confidence::high;
  SecretCheckResult check = SecretCheckResult::fits;
  SecretForm form = SecretForm::plain;
  bool is_cut = false;  // it ends where the rule stopped looking: it may go on
};

// How far a file was searched.
enum class SecretSearch { whole, too_many, too_costly };

// What stands beside a secret is known only where all of the file was searched with all rules.
enum class SecretExcerpt { line, beginning };

// Of matches that overlap the most exact is kept: one of a provider before a generic one, then the longer. In
// the order of the file. Every match, also one not kept, is hidden in every excerpt.
[[nodiscard]] std::vector<model::Finding> report_secrets(std::string_view path, std::string_view bytes,
                                                         const std::vector<SecretMatch>& matches,
                                                         SecretSearch search, SecretExcerpt excerpt);

}  // namespace fleet::analysis
