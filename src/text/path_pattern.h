#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::text {

// A set of bytes.
class ByteSet {
 public:
  [[nodiscard]] static ByteSet all() { return ByteSet{}.inverted(); }
  [[nodiscard]] static ByteSet of(unsigned char byte) {
    ByteSet set;
    set.add(byte);
    return set;
  }
  void add(unsigned char byte) { words_[byte / 64] |= std::uint64_t{1} << (byte % 64); }
  void remove(unsigned char byte) { words_[byte / 64] &= ~(std::uint64_t{1} << (byte % 64)); }
  [[nodiscard]] bool has(unsigned char byte) const { return (words_[byte / 64] >> (byte % 64) & 1) != 0; }
  [[nodiscard]] ByteSet inverted() const;
  [[nodiscard]] ByteSet operator&(const ByteSet& other) const;
  [[nodiscard]] ByteSet operator|(const ByteSet& other) const;
  // The byte that reads best in an example (a letter, a digit, then anything), if there is any.
  [[nodiscard]] std::optional<unsigned char> example() const;

 private:
  std::array<std::uint64_t, 4> words_{};
};

// One gitignore pattern as an automaton: what glob.h and ignore.h share. A chain of states: each may go on by
// one byte, or skip ahead by none. No state leads back but to itself: a match takes one pass over the path.
class PathPattern {
 public:
  static constexpr std::uint16_t kNowhere = UINT16_MAX;
  struct State {
    ByteSet on;                           // the bytes that lead to `next`
    std::uint16_t next = kNowhere;        // itself or the following state
    std::uint16_t skip = kNowhere;        // reached without a byte; always ahead
    std::uint16_t other_skip = kNowhere;  // another one
  };
  // How `**` is read where it is not a whole component.
  enum class Flavour {
    documented,  // as gitignore(5) says: like `*`
    git,         // as git does: directly after the pattern's literal start it still crosses slashes
  };
  struct Problem {
    std::size_t offset = 0;
    std::string what;
  };
  struct Match {
    bool exact = false;  // the path itself
    bool below = false;  // a directory above it, or the path itself where it ends in `/`
  };

  // The pattern without `!`. A `problem` makes a pattern that matches nothing.
  [[nodiscard]] static PathPattern compile(std::string_view text, Flavour flavour);

  [[nodiscard]] Match match(std::string_view path) const;
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
  [[nodiscard]] bool directory_only() const { return directory_only_; }  // it ended in `/`
  // The bytes that every matched path starts with; the whole pattern where it is literal.
  [[nodiscard]] const std::string& literal_start() const { return literal_start_; }
  [[nodiscard]] bool is_literal() const { return is_literal_; }
  // The states, for searches over what can match. The last two are `exact` and `below`.
  [[nodiscard]] const std::vector<State>& states() const { return states_; }

 private:
  friend class PatternCompiler;
  void find_closures();
  [[nodiscard]] Match match_short(std::string_view rest) const;
  [[nodiscard]] Match match_long(std::string_view rest) const;

  std::vector<State> states_;
  std::vector<std::uint64_t> closures_;  // empty where there are more than 64 states
  std::string literal_start_;
  std::optional<Problem> problem_;
  bool directory_only_ = false;
  bool is_literal_ = false;  // anchored, and without a wildcard
};

}  // namespace fleet::text
