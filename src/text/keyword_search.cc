#include "text/keyword_search.h"

#include "text/ascii.h"

namespace fleet::text {
namespace {

constexpr std::uint32_t kNoState = UINT32_MAX;

// States as they are made, by number: 0 is the root.
struct Trie {
  std::uint32_t columns;
  std::vector<std::uint32_t> next;
  std::vector<std::vector<std::uint32_t>> ends;

  std::uint32_t add_state() {
    next.resize(next.size() + columns, kNoState);
    ends.emplace_back();
    return static_cast<std::uint32_t>(ends.size() - 1);
  }
};

// Fills in where a state goes on a byte that none of its words goes on with: where the longest suffix of what
// was read that is a state goes. By depth, so that shorter ones are done.
void complete(Trie& trie) {
  std::vector<std::uint32_t> failure(trie.ends.size(), 0);
  std::vector<std::uint32_t> queue{0};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const std::uint32_t state = queue[i];
    for (std::uint32_t column = 0; column < trie.columns; ++column) {
      std::uint32_t& next = trie.next[state * trie.columns + column];
      const std::uint32_t otherwise = state == 0 ? 0 : trie.next[failure[state] * trie.columns + column];
      if (next == kNoState) {
        next = otherwise;
        continue;
      }
      failure[next] = otherwise;
      const auto& shorter = trie.ends[otherwise];
      trie.ends[next].insert(trie.ends[next].end(), shorter.begin(), shorter.end());
      queue.push_back(next);
    }
  }
}

}  // namespace

KeywordSearch::KeywordSearch(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    for (const char c : word) {
      std::uint16_t& column = column_[static_cast<unsigned char>(c)];
      if (column == 0) column = static_cast<std::uint16_t>(columns_++);
    }
  }
  for (char c = 'a'; c <= 'z'; ++c)
    column_[static_cast<unsigned char>(to_ascii_upper(c))] = column_[static_cast<unsigned char>(c)];

  Trie trie{columns_, {}, {}};
  trie.add_state();
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    std::uint32_t state = 0;
    for (const char c : words[i]) {
      const std::size_t place = state * columns_ + column_[static_cast<unsigned char>(c)];
      if (trie.next[place] == kNoState) {
        const std::uint32_t added = trie.add_state();
        trie.next[place] = added;
      }
      state = trie.next[place];
    }
    if (trie.ends[state].empty()) trie.ends[state].push_back(i);
  }
  complete(trie);

  const auto states = static_cast<std::uint32_t>(trie.ends.size());
  std::vector<std::uint32_t> row(states);  // where each state is moved to
  std::uint32_t count = 0;
  for (std::uint32_t state = 0; state < states; ++state) {
    if (trie.ends[state].empty()) row[state] = columns_ * count++;
  }
  first_end_row_ = columns_ * count;
  ends_at_.push_back(0);
  for (std::uint32_t state = 0; state < states; ++state) {
    if (trie.ends[state].empty()) continue;
    row[state] = columns_ * count++;
    ends_.insert(ends_.end(), trie.ends[state].begin(), trie.ends[state].end());
    ends_at_.push_back(static_cast<std::uint32_t>(ends_.size()));
  }
  next_.resize(static_cast<std::size_t>(states) * columns_);
  for (std::uint32_t state = 0; state < states; ++state) {
    for (std::uint32_t column = 0; column < columns_; ++column)
      next_[row[state] + column] = row[trie.next[state * columns_ + column]];
  }
}

}  // namespace fleet::text
