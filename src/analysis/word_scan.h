#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/automaton.h"

namespace fleet::analysis {

// Which of many words a text holds, anywhere in it, told in one pass: most rules need one that most files do
// not have. Filled, then built, then immutable and for any thread.
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
  std::unordered_map<std::string_view, std::vector<Word>>
      ending_;                                  // by word: itself, and those that it ends in
  std::unique_ptr<text::Automaton> automaton_;  // null: there are no words
};

// A text that every match of a regular expression holds; empty where none is easily told.
[[nodiscard]] std::string needed_literal(std::string_view expression);

}  // namespace fleet::analysis
