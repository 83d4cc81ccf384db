#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "text/ascii.h"
#include "text/automaton.h"

namespace fleet::text {

struct Range {  // [begin, end), counted from the start of a stream
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

enum class Blanks { read, pass };

// Searches a stream, of which it reads some bytes and passes over others: what it finds may stretch over
// those. One thread.
class StreamSearch {
 public:
  // In all of what is found: a text that is stretched over more is not found. Bounds what has to be kept.
  static constexpr std::size_t kMaxPassed = 1 << 16;

  // Where blanks are passed over, no text of the automaton holds one.
  StreamSearch(std::shared_ptr<const Automaton> automaton, Blanks blanks)
      : automaton_(std::move(automaton)), blanks_(blanks) {}

  // Calls found(Range) for each place where a text ends, with the longest that ends there.
  template <class Found>
  void read(std::string_view bytes, Found found) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (node_ == 0) {
        const std::size_t start = automaton_->next_start(bytes, i);
        read_ += start - i;
        i = start;
        if (i == bytes.size()) break;
      } else if (blanks_ == Blanks::pass && is_ascii_blank(bytes[i])) {
        pass(1);
        continue;
      }
      node_ = automaton_->advance(node_, static_cast<unsigned char>(bytes[i]));
      ++read_;
      if (const std::uint32_t length = automaton_->match(node_); length != 0)
        found(Range{place(read_ - length), place(read_ - 1) + 1});
    }
    forget();
  }
  void pass(std::size_t bytes);

  // Nothing that will be found begins before this.
  [[nodiscard]] std::uint64_t open() const { return place(read_ - automaton_->open(node_)); }

 private:
  struct Gap {
    std::uint64_t at = 0;      // before the byte of this number, of those that were read,
    std::uint64_t passed = 0;  // so many had been passed over, in all
  };
  // Where in the stream a byte is that was read.
  [[nodiscard]] std::uint64_t place(std::uint64_t number) const {
    if (gaps_.empty()) return number + passed_before_;
    const auto after = std::upper_bound(gaps_.begin(), gaps_.end(), number,
                                        [](std::uint64_t it, const Gap& gap) { return it < gap.at; });
    return number + (after == gaps_.begin() ? passed_before_ : std::prev(after)->passed);
  }
  void forget();

  std::shared_ptr<const Automaton> automaton_;
  Blanks blanks_;
  std::uint32_t node_ = 0;
  std::uint64_t read_ = 0;           // bytes
  std::uint64_t passed_ = 0;         // bytes
  std::uint64_t passed_before_ = 0;  // the first of the gaps
  std::deque<Gap> gaps_;             // within what is open
};

}  // namespace fleet::text
