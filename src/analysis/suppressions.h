#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"
#include "syntax/tree.h"

namespace fleet::analysis {

// `fleet:ignore <rule>[, <rule>...] <reason>` in a comment: findings of these rules are marked as suppressed,
// never dropped. It is for the statement that has one of its lines there; where the comment has its lines to
// itself, also for the statement that begins below it. Of a statement with a body (a function, an `if`) only
// what stands before the body.
struct Suppression {
  std::vector<std::string> rules;
  std::string reason;  // may be empty
  model::Region at;    // from `fleet:ignore` to the end of the comment's line
  bool own_line = false;
};

inline constexpr std::string_view kUnusedSuppression = "fleet.unused-suppression";
inline constexpr std::string_view kSuppressionWithoutRule = "fleet.suppression-without-rule";

inline constexpr std::string_view kTooManySuppressions = "fleet.too-many-suppressions";
inline constexpr std::size_t kMostSuppressions = 2'000;  // in one file

// Those of a file, from top to bottom; at most one more than are taken. `tree` may be null: then a comment is
// what stands behind `#`, `//`, `/*`, `--` or `<!--` at the start of a word, or behind `;` at the start of a
// line.
[[nodiscard]] std::vector<Suppression> find_suppressions(std::string_view source, const syntax::Tree* tree);

// What is known of a rule that a suppression names.
enum class Ran { yes, no, unknown_rule };

// Marks the findings of one file, and returns findings about the suppressions themselves: one that suppresses
// nothing though its rule looked at the file, one whose rule does not exist, one that names no rule, and the
// first one of too many. `ran` says which rules did look.
[[nodiscard]] std::vector<model::Finding> apply_suppressions(
    const std::vector<Suppression>& suppressions, std::vector<model::Finding>& findings,
    std::string_view path, std::string_view source, const syntax::Tree* tree,
    const std::function<Ran(std::string_view rule)>& ran);

}  // namespace fleet::analysis
