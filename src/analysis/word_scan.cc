#include "analysis/word_scan.h"

#include "text/ascii.h"

namespace fleet::analysis {
namespace {

// The table of the search has a row for each byte of the words.
constexpr std::size_t kLongestWord = 32;
constexpr std::size_t kMostWordBytes = 65'536;

}  // namespace

WordScan::Word WordScan::add(std::string_view word) {
  std::string lower(word.substr(0, kLongestWord));
  for (char& c : lower)
    c = text::to_ascii_lower(c);
  if (lower.empty()) return kAlways;
  if (const auto known = numbers_.find(lower); known != numbers_.end()) return known->second;
  if (bytes_ + lower.size() > kMostWordBytes) return kAlways;
  bytes_ += lower.size();
  words_.push_back(lower);
  return numbers_.emplace(std::move(lower), static_cast<Word>(words_.size())).first->second;
}

void WordScan::build() {
  if (!words_.empty()) search_.emplace(words_);
}

std::vector<bool> WordScan::scan(std::string_view text) const {
  std::vector<bool> found(words_.size() + 1, false);
  found[kAlways] = true;
  if (!search_) return found;
  search_->search(text, [&](std::uint32_t word, std::size_t) {
    found[word + 1] = true;
    return true;
  });
  return found;
}

}  // namespace fleet::analysis
