#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/keyword_search.h"

namespace fleet::analysis {

// Which of many words a text may hold, anywhere in it and in any case, told in one pass: most rules need one
// that most files do not have. Long words are known by their beginning, and when there are too many words,
// the last ones are taken to be in every text. Filled, then built, then immutable and for any thread.
class WordScan {
 public:
  using Word = std::uint32_t;
  static constexpr Word kAlways = 0;  // the empty word, which every text holds

  [[nodiscard]] Word add(std::string_view word);
  void build();
  // By word.
  [[nodiscard]] std::vector<bool> scan(std::string_view text) const;

 private:
  std::unordered_map<std::string, Word> numbers_;
  std::vector<std::string> words_;  // from the one with the number 1
  std::size_t bytes_ = 0;
  std::optional<text::KeywordSearch> search_;  // nothing: there are no words
};

}  // namespace fleet::analysis
