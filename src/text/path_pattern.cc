#include "text/path_pattern.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <utility>

#include "base/assert.h"
#include "text/bits.h"

namespace fleet::text {
namespace {

constexpr std::uint64_t bits_between(unsigned char first, unsigned char last, unsigned word) {
  std::uint64_t bits = 0;
  for (unsigned byte = first; byte <= last; ++byte) {
    if (byte / 64 == word) bits |= std::uint64_t{1} << (byte % 64);
  }
  return bits;
}

bool is_special(char c) {
  return c == '*' || c == '?' || c == '[' || c == '\\';
}

// A character class as wildmatch.c of git knows them, of ASCII only. Nothing for an unknown name.
std::optional<ByteSet> named_class(std::string_view name) {
  using Test = int (*)(int);
  static constexpr std::pair<std::string_view, Test> kClasses[] = {
      {"alnum", [](int c) { return std::isalnum(c); }}, {"alpha", [](int c) { return std::isalpha(c); }},
      {"blank", [](int c) { return std::isblank(c); }}, {"cntrl", [](int c) { return std::iscntrl(c); }},
      {"digit", [](int c) { return std::isdigit(c); }}, {"graph", [](int c) { return std::isgraph(c); }},
      {"lower", [](int c) { return std::islower(c); }}, {"print", [](int c) { return std::isprint(c); }},
      {"punct", [](int c) { return std::ispunct(c); }}, {"space", [](int c) { return std::isspace(c); }},
      {"upper", [](int c) { return std::isupper(c); }}, {"xdigit", [](int c) { return std::isxdigit(c); }},
  };
  for (const auto& [known, test] : kClasses) {
    if (known != name) continue;
    ByteSet set;
    for (int byte = 0; byte < 128; ++byte) {
      if (test(byte) != 0) set.add(static_cast<unsigned char>(byte));
    }
    return set;
  }
  return std::nullopt;
}

}  // namespace

ByteSet ByteSet::inverted() const {
  ByteSet set;
  for (std::size_t i = 0; i < words_.size(); ++i)
    set.words_[i] = ~words_[i];
  return set;
}

ByteSet ByteSet::operator&(const ByteSet& other) const {
  ByteSet set;
  for (std::size_t i = 0; i < words_.size(); ++i)
    set.words_[i] = words_[i] & other.words_[i];
  return set;
}

ByteSet ByteSet::operator|(const ByteSet& other) const {
  ByteSet set;
  for (std::size_t i = 0; i < words_.size(); ++i)
    set.words_[i] = words_[i] | other.words_[i];
  return set;
}

std::optional<unsigned char> ByteSet::example() const {
  constexpr std::uint64_t kLetters = bits_between('a', 'z', 1);
  constexpr std::uint64_t kDigits = bits_between('0', '9', 0);
  if (const auto letters = words_[1] & kLetters; letters != 0)
    return static_cast<unsigned char>(64 + std::countr_zero(letters));
  if (const auto digits = words_[0] & kDigits; digits != 0)
    return static_cast<unsigned char>(std::countr_zero(digits));
  for (const unsigned word : {1u, 0u, 2u, 3u}) {
    if (words_[word] != 0) return static_cast<unsigned char>(64 * word + std::countr_zero(words_[word]));
  }
  return std::nullopt;
}

// Reads a pattern once from left to right, as dowild() in git's wildmatch.c does while it matches.
class PatternCompiler {
 public:
  PatternCompiler(std::string_view text, PathPattern::Flavour flavour) : text_(text), flavour_(flavour) {}

  PathPattern compile() {
    std::size_t end = text_.size();
    if (end > 0 && text_[end - 1] == '/') {
      out_.directory_only_ = true;
      --end;
    }
    const bool anchored = text_.substr(0, end).find('/') != std::string_view::npos;
    text_ = text_.substr(0, end);
    if (anchored && text_.front() == '/') at_ = 1;
    start_ = at_;
    if (!anchored) add_directories();
    if (text_.empty()) fail(0, "it names no path");

    literal_ = anchored;
    while (at_ < text_.size() && !out_.problem_)
      step(anchored);
    if (out_.problem_) out_.states_.clear();
    out_.is_literal_ = literal_;
    out_.literal_start_ = std::move(literal_start_);
    const std::uint16_t exact = size();
    add({ByteSet::of('/'), static_cast<std::uint16_t>(exact + 1)});
    add({ByteSet::all(), static_cast<std::uint16_t>(exact + 1)});
    out_.find_closures();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::uint16_t size() const { return static_cast<std::uint16_t>(out_.states_.size()); }
  void add(PathPattern::State state) {
    FLEET_ASSERT(out_.states_.size() + 4 < PathPattern::kNowhere, "a pattern is too long to compile");
    out_.states_.push_back(state);
  }
  void add_one_of(const ByteSet& set) { add({set, static_cast<std::uint16_t>(size() + 1)}); }
  void add_any_number_of(const ByteSet& set) { add({set, size(), static_cast<std::uint16_t>(size() + 1)}); }
  // `**/`: nothing, or anything that ends in a slash.
  void add_directories() {
    add({ByteSet{}, PathPattern::kNowhere, static_cast<std::uint16_t>(size() + 1),
         static_cast<std::uint16_t>(size() + 3)});
    add_any_number_of(ByteSet::all());
    add_one_of(ByteSet::of('/'));
  }
  void fail(std::size_t offset, std::string what) {
    if (!out_.problem_) out_.problem_ = PathPattern::Problem{offset, std::move(what)};
  }

  void step(bool anchored) {
    const char c = text_[at_];
    if (c == '*') {
      stars(anchored);
    } else if (c == '?') {
      wildcard(not_slash());
      ++at_;
    } else if (c == '[') {
      bracket();
    } else {
      if (c == '\\' && ++at_ == text_.size()) return fail(at_ - 1, "there is nothing after the last `\\`");
      const auto byte = static_cast<unsigned char>(text_[at_++]);
      if (literal_) literal_start_ += static_cast<char>(byte);
      add_one_of(ByteSet::of(byte));
    }
  }

  void wildcard(const ByteSet& set) {
    literal_ = false;
    add_one_of(set);
  }

  void stars(bool anchored) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] == '*')
      ++at_;
    literal_ = false;
    const std::string_view rest = text_.substr(at_);
    const bool ends = rest.empty() || rest.front() == '/' || rest.substr(0, 2) == "\\/";
    if (!anchored || at_ - begin < 2 || !ends || !starts_component(begin)) {
      add_any_number_of(not_slash());
    } else if (!rest.empty() && rest.front() == '/') {
      add_directories();
      ++at_;
    } else {
      // At the end: all that is below, not the directory `a/` itself. (git is never asked about paths like
      // that, and lets `foo**/**` match `foo`. Before an escaped slash it reads on.)
      if (rest.empty() && flavour_ == PathPattern::Flavour::documented) add_one_of(ByteSet::all());
      add_any_number_of(ByteSet::all());
    }
  }

  [[nodiscard]] bool starts_component(std::size_t begin) const {
    if (begin == start_ || text_[begin - 1] == '/') return true;
    if (flavour_ != PathPattern::Flavour::git) return false;
    // git compares the literal start on its own and then matches the rest as if it were a whole pattern.
    for (std::size_t i = start_; i < begin; ++i) {
      if (is_special(text_[i])) return false;
    }
    return true;
  }

  void bracket() {
    const std::size_t begin = at_++;
    bool negated = false;
    if (at_ < text_.size() && (text_[at_] == '!' || text_[at_] == '^')) {
      negated = true;
      ++at_;
    }
    ByteSet set;
    int previous = -1;  // the byte that a range may start with
    for (bool first = true;; first = false) {
      if (at_ >= text_.size()) return fail(begin, "this `[` has no `]`");
      char c = text_[at_];
      if (c == ']' && !first) break;
      if (c == '-' && previous >= 0 && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
        ++at_;
        if (text_[at_] == '\\' && ++at_ == text_.size()) return fail(begin, "this `[` has no `]`");
        const int last = static_cast<unsigned char>(text_[at_]);
        if (last < previous && flavour_ == PathPattern::Flavour::documented)
          return fail(at_, "this range ends before it starts");
        for (int byte = previous; byte <= last; ++byte)
          set.add(static_cast<unsigned char>(byte));
        previous = -1;
        ++at_;
        continue;
      }
      if (c == '[' && at_ + 1 < text_.size() && text_[at_ + 1] == ':') {
        const std::size_t close = text_.find(']', at_ + 2);
        if (close == std::string_view::npos) return fail(begin, "this `[` has no `]`");
        if (close > at_ + 2 && text_[close - 1] == ':') {
          const auto named = named_class(text_.substr(at_ + 2, close - 1 - (at_ + 2)));
          if (!named) return fail(at_, "there is no character class of this name");
          set = set | *named;
          previous = -1;
          at_ = close + 1;
          continue;
        }
      }
      if (c == '\\') {
        if (++at_ == text_.size()) return fail(begin, "this `[` has no `]`");
        c = text_[at_];
      }
      previous = static_cast<unsigned char>(c);
      set.add(static_cast<unsigned char>(c));
      ++at_;
    }
    ++at_;
    if (negated) set = set.inverted();
    set.remove('/');
    wildcard(set);
  }

  [[nodiscard]] static ByteSet not_slash() { return ByteSet::of('/').inverted(); }

  std::string_view text_;
  PathPattern::Flavour flavour_;
  PathPattern out_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  bool literal_ = false;  // anchored, and no wildcard was met yet
  std::string literal_start_;
};

PathPattern PathPattern::compile(std::string_view text, Flavour flavour) {
  return PatternCompiler(text, flavour).compile();
}

PathPattern::Match PathPattern::match(std::string_view path) const {
  if (problem_ || path.empty() || path.substr(0, literal_start_.size()) != literal_start_) return {};
  const std::string_view rest = path.substr(literal_start_.size());
  if (is_literal_) return {rest.empty(), !rest.empty() && rest.front() == '/'};
  return closures_.empty() ? match_long(rest) : match_short(rest);
}

// Both follow the set of states that the bytes so far can have led to, one bit each. The literal start led
// past as many states as it has bytes.
PathPattern::Match PathPattern::match_short(std::string_view rest) const {
  std::uint64_t here = closures_[literal_start_.size()];
  for (const char c : rest) {
    const auto byte = static_cast<unsigned char>(c);
    std::uint64_t there = 0;
    for (; here != 0; here &= here - 1) {
      const State& state = states_[static_cast<std::size_t>(std::countr_zero(here))];
      if (state.on.has(byte)) there |= closures_[state.next];
    }
    if (there == 0) return {};
    here = there;
  }
  const std::uint64_t ends = here >> (states_.size() - 2);
  return {(ends & 1) != 0, (ends & 2) != 0};
}

PathPattern::Match PathPattern::match_long(std::string_view rest) const {
  const std::size_t words = states_.size() / 64 + 1;
  std::vector<std::uint64_t> here(words, 0);
  std::vector<std::uint64_t> there(words, 0);
  const auto follow_skips = [&](std::vector<std::uint64_t>& set) {
    return for_each_bit(set, words, [&](std::size_t at) {
      if (states_[at].skip != kNowhere) set_bit(set, states_[at].skip);
      if (states_[at].other_skip != kNowhere) set_bit(set, states_[at].other_skip);
    });
  };
  set_bit(here, literal_start_.size());
  follow_skips(here);
  for (const char c : rest) {
    const auto byte = static_cast<unsigned char>(c);
    std::fill(there.begin(), there.end(), 0);
    for_each_bit(here, words, [&](std::size_t at) {
      if (states_[at].on.has(byte)) set_bit(there, states_[at].next);
    });
    if (!follow_skips(there)) return {};
    std::swap(here, there);
  }
  return {has_bit(here, states_.size() - 2), has_bit(here, states_.size() - 1)};
}

// What each state reaches without a byte, itself included, where one word holds all states.
void PathPattern::find_closures() {
  if (states_.size() > 64) return;
  closures_.resize(states_.size());
  for (std::size_t at = states_.size(); at-- > 0;) {
    closures_[at] = std::uint64_t{1} << at;
    for (const std::uint16_t skip : {states_[at].skip, states_[at].other_skip}) {
      if (skip != kNowhere) closures_[at] |= closures_[skip];
    }
  }
}

}  // namespace fleet::text
