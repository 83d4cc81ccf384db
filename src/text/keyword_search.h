#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::text {

// Finds every place where one of many words ends, in one pass and without regard to ASCII case. The automaton
// of Aho and Corasick as a full table, a row a state and a column a kind of byte: four bytes for each pair
// of those. Automaton is the smaller and slower one, for the longest of its texts. Immutable; any thread.
class KeywordSearch {
 public:
  // In lower case, none of them empty. A word goes by its index; of two that are the same the first is found.
  explicit KeywordSearch(const std::vector<std::string>& words);

  // Calls `found(word, end)` for each word that ends before byte `end`, by place, longer ones first; goes on
  // while it returns true.
  template <class Found>
  void search(std::string_view bytes, Found&& found) const {
    const std::uint32_t* const next = next_.data();
    std::uint32_t row = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      row = next[row + column_[static_cast<unsigned char>(bytes[i])]];
      if (row < first_end_row_) continue;
      const std::uint32_t state = (row - first_end_row_) / columns_;
      for (std::uint32_t k = ends_at_[state]; k < ends_at_[state + 1]; ++k) {
        if (!found(ends_[k], i + 1)) return;
      }
    }
  }

 private:
  std::array<std::uint16_t, 256> column_{};  // 0: in no word
  std::uint32_t columns_ = 1;
  std::vector<std::uint32_t> next_;            // by row + column; a row is a state's number times the columns
  std::uint32_t first_end_row_ = 0;            // states in which words end come last
  std::vector<std::uint32_t> ends_at_, ends_;  // by such a state: where its words begin in `ends_`
};

}  // namespace fleet::text
