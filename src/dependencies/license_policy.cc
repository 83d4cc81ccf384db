#include "dependencies/license_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "dependencies/license_ids.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

// The GNU licences have names of their own for `only` and `or later`; the ones without are deprecated.
std::string modern_id(const LicenseTerm& term) {
  const std::string_view id = term.id;
  if (id.ends_with("-only") || id.ends_with("-or-later")) return term.id;
  std::string only = fmt::format("{}-only", id);
  std::string or_later = fmt::format("{}-or-later", id);
  if (term.or_later && listed_license(or_later)) return or_later;
  if (!term.or_later && listed_license(only)) return only;
  return term.or_later ? term.id + "+" : term.id;
}

struct PolicyEntry {
  std::string id;  // as modern_id() has it; of a star what stands before it
  std::string exception;
  bool is_beginning = false;
};

std::optional<PolicyEntry> read_entry(std::string_view text) {
  text = text::trim(text);
  if (text.ends_with('*')) {
    text.remove_suffix(1);
    if (text.empty() || text.find('*') != std::string_view::npos) return std::nullopt;
    return PolicyEntry{std::string(text), {}, true};
  }
  const auto parsed = parse_license(text);
  if (!parsed || parsed->kind != LicenseExpression::Kind::term) return std::nullopt;
  return PolicyEntry{modern_id(parsed->term), parsed->term.exception, false};
}

// `GPL-2.0-or-later` may be used as GPL-2.0-only, GPL-3.0-only and later ones of their family.
bool may_be_used_as(std::string_view id, std::string_view other) {
  static constexpr std::string_view kOrLater = "-or-later";
  const std::size_t dash = other.rfind(other.ends_with(kOrLater) ? kOrLater : std::string_view("-only"));
  if (!id.ends_with(kOrLater) || dash == std::string_view::npos) return false;
  id.remove_suffix(kOrLater.size());
  other = other.substr(0, dash);
  const std::size_t family = id.rfind('-');
  if (family == std::string_view::npos || family != other.rfind('-')) return false;
  // One digit before the point and one behind it, in all of them.
  return text::equal_ignoring_case(id.substr(0, family), other.substr(0, family)) &&
         other.substr(family) >= id.substr(family);
}

enum class Fit { none, license, license_with_exception };
enum class Purpose { allow, deny };

Fit fit(const PolicyEntry& entry, const LicenseTerm& term, Purpose purpose) {
  const std::string id = modern_id(term);
  if (entry.is_beginning) {
    const std::string_view start = std::string_view(id).substr(0, entry.id.size());
    return text::equal_ignoring_case(start, entry.id) ? Fit::license : Fit::none;
  }
  const bool is_same = text::equal_ignoring_case(id, entry.id) ||
                       (term.or_later && text::equal_ignoring_case(term.id, entry.id));
  if (!is_same && !(purpose == Purpose::allow && may_be_used_as(id, entry.id))) return Fit::none;
  if (entry.exception.empty()) return Fit::license;
  return text::equal_ignoring_case(entry.exception, term.exception) ? Fit::license_with_exception : Fit::none;
}

Fit best_fit(const std::vector<std::string>& entries, const LicenseTerm& term, Purpose purpose) {
  Fit best = Fit::none;
  for (const std::string& text : entries) {
    if (const auto entry = read_entry(text)) best = std::max(best, fit(*entry, term, purpose));
  }
  return best;
}

LicenseVerdict judge_term(const LicenseTerm& term, const LicensePolicy& policy) {
  const Fit allowed = best_fit(policy.allow, term, Purpose::allow);
  const Fit denied = best_fit(policy.deny, term, Purpose::deny);
  if (denied != Fit::none && denied >= allowed) return LicenseVerdict::denied;
  if (allowed != Fit::none) return LicenseVerdict::allowed;
  if (!term.is_listed) return LicenseVerdict::unknown;
  return policy.allow.empty() ? LicenseVerdict::allowed : LicenseVerdict::not_allowed;
}

}  // namespace

LicenseVerdict judge_license(const LicenseExpression& expression, const LicensePolicy& policy) {
  if (expression.kind == LicenseExpression::Kind::term) return judge_term(expression.term, policy);
  const bool is_choice = expression.kind == LicenseExpression::Kind::any_of;
  LicenseVerdict verdict = is_choice ? LicenseVerdict::denied : LicenseVerdict::allowed;
  for (const LicenseExpression& part : expression.parts) {
    const LicenseVerdict one = judge_license(part, policy);
    verdict = is_choice ? std::min(verdict, one) : std::max(verdict, one);
  }
  return verdict;
}

Result<> check_policy(const LicensePolicy& policy) {
  for (const auto* entries : {&policy.allow, &policy.deny}) {
    for (const std::string& text : *entries) {
      if (read_entry(text)) continue;
      return base::fail_input("read the licence policy", text::printable(text, text::Newlines::escape),
                              "it is neither an SPDX id nor the beginning of one with a star",
                              "write `MIT`, `GPL-*`, or `GPL-2.0-only WITH Classpath-exception-2.0`");
    }
  }
  return {};
}

}  // namespace fleet::dependencies
