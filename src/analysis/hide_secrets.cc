#include "analysis/hide_secrets.h"

#include <algorithm>
#include <cstring>

namespace fleet::analysis {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::size_t kMostRuns = 2'000'000;  // SecretScanner keeps 2,000 values, of some 10 KB at most

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), bytes.size());  // 8 at most
  return number;
}

}  // namespace

HiddenSecrets::HiddenSecrets(std::string_view source, const std::vector<ValuePlace>& places) {
  for (const ValuePlace& place : places) {
    add(place.value);
    if (place.begin < place.end && place.end <= source.size())
      add(source.substr(place.begin, place.end - place.begin));
  }
}

void HiddenSecrets::add(std::string_view value) {
  if (value.size() < kShortest) return;
  if (value.size() < kRun) {
    short_[value.size()].insert(number_of(value));
    has_short_ = true;
    return;
  }
  for (std::size_t i = 0; i + kRun <= value.size() && runs_.size() < kMostRuns; ++i)
    runs_.insert(number_of(value.substr(i, kRun)));
}

std::string HiddenSecrets::without(std::string_view text) const {
  if (empty()) return std::string(text);
  std::vector<bool> is_hidden(text.size(), false);
  const auto hide = [&](const std::unordered_set<std::uint64_t>& runs, std::size_t length) {
    if (runs.empty()) return;
    for (std::size_t i = 0; i + length <= text.size(); ++i) {
      if (runs.contains(number_of(text.substr(i, length))))
        std::fill_n(is_hidden.begin() + static_cast<std::ptrdiff_t>(i), length, true);
    }
  };
  hide(runs_, kRun);
  for (std::size_t length = kShortest; length < kRun; ++length)
    hide(short_[length], length);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_hidden[i]) {
      out += text[i];
    } else if (i == 0 || !is_hidden[i - 1]) {
      out += kHidden;
    }
  }
  return out;
}

}  // namespace fleet::analysis
