#include "dependencies/pep440.h"

#include <algorithm>
#include <array>

#include "dependencies/digits.h"

namespace fleet::dependencies {
namespace {

bool is_separator(char c) {
  return c == '-' || c == '_' || c == '.';
}

void skip_separator(std::string_view& text) {
  if (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
}

// One of the words, with a separator before it and a number behind it, or both missing. Which word it was, or
// the number of words.
template <std::size_t kCount>
std::size_t take_part(std::string_view& text, const std::array<std::string_view, kCount>& words,
                      std::string& number) {
  std::string_view rest = text;
  skip_separator(rest);
  for (std::size_t i = 0; i < kCount; ++i) {
    if (!rest.starts_with(words[i])) continue;
    rest.remove_prefix(words[i].size());
    skip_separator(rest);
    number = take_digits(rest);
    text = rest;
    return i;
  }
  return kCount;
}

bool split_local(std::string_view text, std::vector<std::string>& into) {
  while (true) {
    std::size_t end = 0;
    while (end < text.size() && (text::is_ascii_letter(text[end]) || text::is_ascii_digit(text[end])))
      ++end;
    if (end == 0) return false;
    into.emplace_back(text.substr(0, end));
    if (end == text.size()) return true;
    if (!is_separator(text[end])) return false;
    text.remove_prefix(end + 1);
  }
}

// Numbers are above words, and by value.
std::strong_ordering compare_local(const std::string& left, const std::string& right) {
  const bool left_is_number = are_digits(left), right_is_number = are_digits(right);
  if (left_is_number && right_is_number) return compare_digits(left, right);
  if (left_is_number != right_is_number) {
    return left_is_number ? std::strong_ordering::greater : std::strong_ordering::less;
  }
  return left.compare(right) <=> 0;
}

template <class Parts, class Compare>
std::strong_ordering compare_parts(const Parts& left, const Parts& right, Compare compare) {
  const std::size_t shared = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (const auto order = compare(left[i], right[i]); order != 0) return order;
  }
  return left.size() <=> right.size();
}

}  // namespace

std::optional<PythonVersion> PythonVersion::parse(std::string_view given) {
  const std::string lower = text::to_ascii_lower(text::trim(given));
  std::string_view text = lower;
  PythonVersion version;
  if (text.starts_with('v')) text.remove_prefix(1);

  std::string_view digits = take_digits(text);
  if (!digits.empty() && text.starts_with('!')) {
    version.epoch_ = digits;
    text.remove_prefix(1);
    digits = take_digits(text);
  }
  if (digits.empty()) return std::nullopt;
  version.release_.emplace_back(without_leading_zeros(digits));
  while (text.size() > 1 && text[0] == '.' && text::is_ascii_digit(text[1])) {
    text.remove_prefix(1);
    version.release_.emplace_back(without_leading_zeros(take_digits(text)));
  }
  while (!version.release_.empty() && version.release_.back().empty())
    version.release_.pop_back();

  static constexpr std::array<std::string_view, 8> kPhases{"alpha", "beta", "preview", "pre",
                                                           "a",     "b",    "c",       "rc"};
  static constexpr std::array<Phase, 8> kMeanings{Phase::alpha,     Phase::beta,     Phase::candidate,
                                                  Phase::candidate, Phase::alpha,    Phase::beta,
                                                  Phase::candidate, Phase::candidate};
  if (const std::size_t which = take_part(text, kPhases, version.phase_number_); which < kPhases.size()) {
    version.phase_ = kMeanings[which];
  }
  std::string number;
  if (text.size() > 1 && text[0] == '-' && text::is_ascii_digit(text[1])) {
    text.remove_prefix(1);
    version.post_ = take_digits(text);
  } else if (take_part(text, std::array<std::string_view, 3>{"post", "rev", "r"}, number) < 3) {
    version.post_ = number;
  }
  if (take_part(text, std::array<std::string_view, 1>{"dev"}, number) < 1) version.dev_ = number;
  if (version.phase_ == Phase::none && !version.post_ && version.dev_) version.phase_ = Phase::dev_only;

  if (text.starts_with('+')) {
    if (!split_local(text.substr(1), version.local_)) return std::nullopt;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  return version;
}

// As packaging's `_cmpkey`: 1.dev1 < 1a1.dev1 < 1a1 < 1rc1 < 1 < 1.post1.dev1 < 1.post1.
std::strong_ordering PythonVersion::operator<=>(const PythonVersion& other) const {
  if (const auto order = compare_digits(epoch_, other.epoch_); order != 0) return order;
  if (const auto order = compare_parts(release_, other.release_, compare_digits); order != 0) return order;
  if (const auto order = phase_ <=> other.phase_; order != 0) return order;
  if (const auto order = compare_digits(phase_number_, other.phase_number_); order != 0) return order;
  if (const auto order = post_.has_value() <=> other.post_.has_value(); order != 0) return order;
  if (post_) {
    if (const auto order = compare_digits(*post_, *other.post_); order != 0) return order;
  }
  if (const auto order = other.dev_.has_value() <=> dev_.has_value(); order != 0) return order;
  if (dev_) {
    if (const auto order = compare_digits(*dev_, *other.dev_); order != 0) return order;
  }
  return compare_parts(local_, other.local_, compare_local);
}

}  // namespace fleet::dependencies
