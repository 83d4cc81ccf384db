#include "dependencies/semver.h"

#include <algorithm>

#include "dependencies/digits.h"

namespace fleet::dependencies {
namespace {

// Identifiers between dots; false when one is empty or has other characters.
bool split_identifiers(std::string_view text, bool no_leading_zeros, std::vector<std::string>& into) {
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (part.empty()) return false;
    for (const char c : part) {
      if (!text::is_ascii_letter(c) && !text::is_ascii_digit(c) && c != '-') return false;
    }
    if (no_leading_zeros && are_digits(part) && part.size() > 1 && part.front() == '0') return false;
    into.emplace_back(part);
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::strong_ordering compare_identifiers(const std::string& left, const std::string& right) {
  const bool left_is_number = are_digits(left), right_is_number = are_digits(right);
  if (left_is_number && right_is_number) return compare_digits(left, right);
  if (left_is_number != right_is_number) {
    return left_is_number ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return left.compare(right) <=> 0;
}

}  // namespace

std::optional<SemanticVersion> SemanticVersion::parse(std::string_view text) {
  SemanticVersion version;
  if (text.starts_with('v')) text.remove_prefix(1);
  for (std::size_t i = 0; i < version.numbers_.size(); ++i) {
    const std::string_view digits = take_digits(text);
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    version.numbers_[i] = digits;
    if (!text.starts_with('.')) break;
    if (i + 1 == version.numbers_.size()) return std::nullopt;
    text.remove_prefix(1);
  }
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    std::vector<std::string> build;
    if (!split_identifiers(text.substr(plus + 1), false, build)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (text.empty()) return version;
  if (text.front() != '-' || !split_identifiers(text.substr(1), true, version.pre_release_)) {
    return std::nullopt;
  }
  return version;
}

std::strong_ordering SemanticVersion::operator<=>(const SemanticVersion& other) const {
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    if (const auto order = compare_digits(numbers_[i], other.numbers_[i]); order != 0) return order;
  }
  if (pre_release_.empty() || other.pre_release_.empty()) {
    return pre_release_.empty() <=> other.pre_release_.empty();
  }
  const std::size_t shared = std::min(pre_release_.size(), other.pre_release_.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (const auto order = compare_identifiers(pre_release_[i], other.pre_release_[i]); order != 0) {
      return order;
    }
  }
  return pre_release_.size() <=> other.pre_release_.size();
}

}  // namespace fleet::dependencies
