#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace fleet::dependencies {

// One licence of an expression.
struct LicenseTerm {
  std::string id;          // as the SPDX list spells it, if it is on it: `MIT`, `LicenseRef-ours`
  bool or_later = false;   // `GPL-2.0+`
  std::string exception;   // `Classpath-exception-2.0`; empty: none
  bool is_listed = false;  // on the SPDX list, as its exception is if it has one
};

// An SPDX licence expression (SPDX 2.3, annex D): a term, or terms joined by AND or OR.
struct LicenseExpression {
  enum class Kind { term, all_of, any_of };
  Kind kind = Kind::term;
  LicenseTerm term;
  std::vector<LicenseExpression> parts;  // of `all_of` and `any_of`, at least two

  // With as few parentheses as it needs.
  [[nodiscard]] std::string text() const;
};

inline constexpr std::size_t kMostLicenseBytes = 2'000;
inline constexpr std::size_t kMostLicenseDepth = 20;  // of parentheses

// WITH binds more tightly than AND, and that than OR. Words and ids in any case. An unknown id is an
// expression, with `is_listed` false; what is no expression is an explanation.
[[nodiscard]] tl::expected<LicenseExpression, std::string> parse_license(std::string_view text);

// Takes what people write instead of SPDX ("Apache 2.0", "MIT/X11", "BSD") for what it means.
struct LicenseReading {
  tl::expected<LicenseExpression, std::string> expression;
  std::string remark;  // what it was taken for, or why nothing is known; empty: it is SPDX
};
[[nodiscard]] LicenseReading read_license(std::string_view text);

}  // namespace fleet::dependencies
